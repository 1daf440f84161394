// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tapedeck.analyzer.http.internal.h2.FieldBlock;
import dev.tapedeck.analyzer.http.internal.h2.HpackDecoder;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Role;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes are frames, header blocks or neither: nothing is thrown, every byte is accounted for,
 * and no block becomes more than the limits allow. With {@code make fuzz} Jazzer looks for more;
 * without it the inputs that it starts from are read, and those that it ever found.
 */
class Http2FuzzIT {
  private static final int MAX_TEXT_BYTES = 1 << 16;
  private static final int PART_BYTES = 100;

  static Stream<byte[]> frames() {
    H2Script script = new H2Script();
    String request = script.block(true, H2Script.request("POST", "/", "a b"));
    String frames =
        H2Script.frame(H2Script.HEADERS, H2Script.END_HEADERS, 1, request)
            + H2Script.frame(H2Script.DATA, H2Script.END_STREAM | H2Script.PADDED, 1, "\1ab")
            + H2Script.frame(H2Script.PUSH_PROMISE, H2Script.END_HEADERS, 1, H2Script.int32(2))
            + H2Script.frame(H2Script.RST_STREAM, 0, 1, H2Script.int32(8));
    return Stream.of(
        new byte[0],
        bytes(frames),
        bytes(H2Script.PREFACE + H2Script.frame(H2Script.SETTINGS, 0, 0, "") + frames),
        bytes("junk" + frames + frames + frames));
  }

  static Stream<byte[]> blocks() {
    return Stream.of(
        bytes(new H2Script().block(true, H2Script.request("GET", "/x", "a b", "a b", "c !d"))),
        bytes("\77\341\37\100\1a\1b\276\277"),
        bytes("\202\206\204\101\214\361\343\302\345\362\072\153\240\253\220\364\377"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @MethodSource("frames")
  @FuzzTest(maxDuration = "20m")
  void analyze_anyBytesAsHttp2_accountsForAll(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    analyze(new EventList().accept(EventList.socket(1), 5), H2Script.PREFACE + text, text);
    analyze(new EventList().existing(EventList.socket(1), 5, Role.SERVER), text, text);
  }

  /** Accounting is checked with every analysis. */
  private static void analyze(EventList events, String requests, String responses) {
    int longest = Math.max(requests.length(), responses.length());
    for (int at = 0; at < longest; at += PART_BYTES) {
      add(events, Direction.INGRESS, requests, at);
      add(events, Direction.EGRESS, responses, at);
    }
    assertThat(Analyses.analyzeEachEnd(events.close(EventList.socket(1), 5).events()))
        .hasSizeLessThanOrEqualTo(1);
  }

  private static void add(EventList events, Direction direction, String text, int at) {
    if (at < text.length()) {
      String part = text.substring(at, Math.min(text.length(), at + PART_BYTES));
      events.data(EventList.socket(1), direction, at, part);
    }
  }

  @MethodSource("blocks")
  @FuzzTest(maxDuration = "20m")
  void decode_anyBytesAsHeaderBlocks_staysWithinTheLimits(byte[] input) {
    for (boolean fromStart : new boolean[] {true, false}) {
      HpackDecoder decoder = new HpackDecoder(fromStart);
      FieldBlock block = new FieldBlock(MAX_TEXT_BYTES);
      Bytes all = Bytes.copyOf(input);
      for (int i = 0; i < 3; i++) {
        decoder.decode(all, block);
        decoder.disclose(block);
        int text = 0;
        for (int j = 0; j < block.size(); j++) {
          text += block.name(j).length() + block.value(j).length();
        }
        assertThat(text).isLessThanOrEqualTo(MAX_TEXT_BYTES + 2 * input.length);
        assertThat(block.snapshot().size()).isLessThanOrEqualTo(block.size());
      }
    }
  }
}
