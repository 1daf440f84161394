// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.github.luben.zstd.Zstd;
import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.http.ContentDecoder;
import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Gzip;
import dev.tapedeck.format.Role;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes are WebSocket frames, events or coded content, or are none: nothing throws, hangs or
 * takes more than its bounds, every byte is accounted for and splits change nothing. With {@code
 * make fuzz} Jazzer looks for bytes that are neither; without it the inputs that it starts from are
 * read, and those that it ever found.
 */
class MessageFuzzIT {
  private static final int MAX_BYTES = 1 << 20;

  private static final AnalyzerOptions OPTIONS =
      AnalyzerOptions.newBuilder()
          .maxMessageBytes(1 << 16)
          .maxMessagesBytes(MAX_BYTES)
          .maxDecodedBytes(MAX_BYTES)
          .build();

  private static final List<DeflateParameters> EXTENSIONS =
      List.of(
          Conversations.PLAIN,
          Conversations.DEFLATE,
          Conversations.NO_TAKEOVER,
          DeflateParameters.UNKNOWN);

  private static final List<String> LABELS =
      List.of("gzip", "deflate", "br", "zstd", "gzip, gzip", "deflate, zstd", "br, br", "x");

  /** The first bytes say how the others are read. */
  static Stream<byte[]> conversations() {
    byte[] frames =
        Frames.client()
            .deflated("compressed compressed", 2)
            .text("plain")
            .ping("p")
            .deflated("compressed again", 1)
            .close(1000, "bye")
            .bytes();
    return Stream.of(
        new byte[0],
        with(frames, 0, 0),
        with(frames, 1, 0),
        with(frames, 5, 9),
        with(frames, 7, 3));
  }

  private static byte[] with(byte[] bytes, int... first) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int b : first) {
      out.write(b);
    }
    out.writeBytes(bytes);
    return out.toByteArray();
  }

  @MethodSource("conversations")
  @FuzzTest(maxDuration = "30m")
  void webSocket_anyBytes_areFramesOrNot(byte[] input) {
    if (input.length < 2) {
      return;
    }
    int how = input[0] & 0xff;
    int gapAt = input[1] & 0xff;
    byte[] bytes = Arrays.copyOfRange(input, 2, input.length);
    List<StreamMessage> whole = converse(bytes, how, gapAt, bytes.length);
    assertThat(converse(bytes, how, gapAt, 7)).isEqualTo(whole);
    long kept = 0;
    for (StreamMessage message : whole) {
      kept += message.payload().length();
    }
    assertThat(kept).isLessThanOrEqualTo(MAX_BYTES);
  }

  private static List<StreamMessage> converse(byte[] bytes, int how, int gapAt, int step) {
    Role sender = (how & 1) == 0 ? Role.CLIENT : Role.SERVER;
    WebSocketConversation conversation =
        new WebSocketConversation(
            OPTIONS, (how & 2) == 0, EXTENSIONS.get(how >> 2 & 3), LongUnaryOperator.identity());
    long lost = (how >> 4) - 1L;
    int at = 0;
    while (at < bytes.length) {
      int end = Math.min(bytes.length, at + step);
      boolean gap = lost != 0 && at <= gapAt && gapAt < end && gapAt > 0;
      int middle = gap ? gapAt : end;
      long moved = gapAt > 0 && at > gapAt && lost > 0 ? lost : 0;
      data(conversation, sender, bytes, at, middle, moved);
      if (gap) {
        conversation.gap(sender, lost, MissingCause.LOST);
        data(conversation, sender, bytes, middle, end, Math.max(0, lost));
      }
      at = end;
    }
    conversation.end();
    assertThat(conversation.inMessages(sender) + conversation.outsideMessages(sender))
        .isEqualTo(bytes.length);
    return conversation.messages();
  }

  private static void data(
      WebSocketConversation conversation, Role sender, byte[] bytes, int from, int to, long moved) {
    if (to > from) {
      Bytes run = Bytes.copyOf(Arrays.copyOfRange(bytes, from, to));
      conversation.data(sender, run, from + moved, 0, 0);
    }
  }

  static Stream<byte[]> contents() throws IOException {
    byte[] text = "the same again, the same again".getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream zlib = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(zlib)) {
      out.write(text);
    }
    return Stream.of(
        new byte[0],
        with(Gzip.of(text), 0),
        with(zlib.toByteArray(), 1),
        with(new byte[] {0x0b, 0x02, (byte) 0x80, 'h', 'e', 'l', 'l', 'o', 3}, 2),
        with(Zstd.compress(text), 3),
        with(Gzip.of(text), 4));
  }

  @MethodSource("contents")
  @FuzzTest(maxDuration = "30m")
  void content_anyBytes_areDecodedWithinBounds(byte[] input) {
    if (input.length == 0) {
      return;
    }
    String label = LABELS.get(input[0] & 7);
    byte[] coded = Arrays.copyOfRange(input, 1, input.length);
    ContentDecoder.Decoded whole = decode(label, rope(coded, coded.length));
    assertThat(whole.content().length()).isLessThanOrEqualTo(2L * MAX_BYTES + coded.length);
    ContentDecoder.Decoded split = decode(label, rope(coded, 3));
    assertThat(split.content().toBytes()).isEqualTo(whole.content().toBytes());
    assertThat(split.anomalies()).isEqualTo(whole.anomalies());
  }

  private static ContentDecoder.Decoded decode(String label, ByteRope coded) {
    return new ContentDecoder(OPTIONS).decode(coded, Long.MAX_VALUE, List.of(label));
  }

  private static ByteRope rope(byte[] bytes, int step) {
    List<Bytes> runs = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += step) {
      runs.add(Bytes.copyOf(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + step))));
    }
    return new ByteRope(runs);
  }

  static Stream<byte[]> events() {
    return Stream.of(
            "",
            "\ufeffdata: a\n\n",
            "event: e\r\nid: 1\r\nretry: 5\r\ndata: b\r\n\r\n",
            "data\r\r:c")
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  @MethodSource("events")
  @FuzzTest(maxDuration = "30m")
  void events_anyBytes_areLinesWhateverTheSplit(byte[] bytes) {
    List<StreamMessage> whole = events(rope(bytes, Math.max(1, bytes.length)));
    assertThat(events(rope(bytes, 1))).isEqualTo(whole);
    long previous = 0;
    for (StreamMessage event : whole) {
      assertThat(event.span().from()).isGreaterThanOrEqualTo(previous);
      previous = event.span().to();
    }
    assertThat(previous).isLessThanOrEqualTo(bytes.length);
  }

  private static List<StreamMessage> events(ByteRope content) {
    Body body = new Body(Body.Framing.CLOSE, content, content, content, List.of());
    return EventStream.read(body, new ByteTimes(), OPTIONS, LongUnaryOperator.identity())
        .messages();
  }
}
