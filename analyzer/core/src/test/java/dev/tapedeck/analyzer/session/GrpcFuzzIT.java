// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.http.GrpcStatus;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Role;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any body of a call is gRPC messages or the begin of one: the frames that it comes in change
 * nothing, no byte is in two messages, and bytes that are lost change no message before them. With
 * {@code make fuzz-grpc} Jazzer looks for bodies of which that is not true; without it the bodies
 * that it starts from are read, and those that it ever found.
 */
class GrpcFuzzIT {
  private static final boolean CLIENT = true;
  private static final boolean SERVER = false;
  private static final int STREAM = 1;
  private static final int FRAME_HEADER_BYTES = 9;

  /** As much as a frame holds before anything was agreed on (RFC 9113, section 4.2). */
  private static final int MAX_BODY_BYTES = 1 << 14;

  private static final int SMALL_FRAME_BYTES = 3;

  /** In text a message's span ends with the begin of the group that its last byte lies in. */
  private static final int BASE64_GROUP_BYTES = 4;

  /** What says how the body is read: its type, its coding, where bytes are lost and how many. */
  private static final int CHOICES = 3;

  private static final List<String> TYPES =
      List.of(
          "application/grpc",
          "application/grpc+proto",
          "application/grpc-web+proto",
          "application/grpc-web-text");

  private static final List<String> CODINGS = List.of("gzip", "deflate", "identity", "x");

  static Stream<byte[]> bodies() {
    String hello = "\0" + H2Script.int32(5) + "hello";
    String squeezed = "\1" + H2Script.int32(4) + "\170\234\3\0";
    String trailers = "\200" + H2Script.int32(17) + "grpc-status: 13\r\n";
    return Stream.of(
            "",
            "\0\0\0" + hello + hello,
            "\1\7\4" + hello + "\0" + H2Script.int32(0) + hello,
            "\4\13\2" + squeezed + hello + "\377\377\377\377\377",
            "\2\0\0" + hello + trailers,
            "\3\5\2" + text(hello) + text(trailers),
            "\3\0\0" + text(hello + hello) + "!" + text(hello))
        .map(GrpcFuzzIT::bytes);
  }

  private static String text(String message) {
    return new String(Base64.getEncoder().encode(bytes(message)), StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @MethodSource("bodies")
  @FuzzTest(maxDuration = "30m")
  void analyze_anyBodyOfACall_isMessagesOrTheBeginOfOne(byte[] input) {
    if (input.length < CHOICES || input.length - CHOICES > MAX_BODY_BYTES) {
      return;
    }
    String all = new String(input, StandardCharsets.ISO_8859_1);
    String body = all.substring(CHOICES);
    Call call = new Call(TYPES.get(input[0] & 3), CODINGS.get(input[0] >> 2 & 3), body);
    Exchange whole = call.analyze(MAX_BODY_BYTES, 0, 0);
    check(whole, Role.CLIENT, body.length());
    check(whole, Role.SERVER, body.length());
    HttpResponse answer = whole.response();
    assertThat(answer == null ? null : GrpcStatus.of(answer)).isNotNull();
    assertThat(render(call.analyze(SMALL_FRAME_BYTES, 0, 0))).isEqualTo(render(whole));

    int lossAt = input[1] & 0xff;
    int lost = Math.min(body.length() - lossAt, input[2] & 0xff);
    if (lost > 0) {
      checkLoss(whole, call.analyze(MAX_BODY_BYTES, lossAt, lost), lossAt);
    }
  }

  private static void check(Exchange exchange, Role sender, int bodyBytes) {
    long end = 0;
    for (StreamMessage message : sentBy(exchange, sender)) {
      assertThat(message.kind()).isEqualTo(StreamMessage.Kind.GRPC);
      assertThat(message.span().from()).as("begin of a message").isGreaterThanOrEqualTo(end);
      assertThat(message.span().to()).isGreaterThanOrEqualTo(message.span().from());
      end = message.span().to();
    }
    assertThat(end).as("end of the messages").isLessThanOrEqualTo(bodyBytes);
  }

  /** The answer's messages that lie before a loss are the same, and one more may have begun. */
  private static void checkLoss(Exchange whole, Exchange lossy, int lossAt) {
    assertThat(render(sentBy(lossy, Role.CLIENT))).isEqualTo(render(sentBy(whole, Role.CLIENT)));
    List<StreamMessage> intended = sentBy(whole, Role.SERVER);
    List<StreamMessage> found = sentBy(lossy, Role.SERVER);
    check(lossy, Role.SERVER, lossAt);
    for (int i = 0; i < found.size(); i++) {
      StreamMessage message = found.get(i);
      assertThat(message.span().from()).isEqualTo(intended.get(i).span().from());
      assertThat(message.compressed()).isEqualTo(intended.get(i).compressed());
      if (message.completeness() == intended.get(i).completeness()) {
        assertThat(render(List.of(message))).isEqualTo(render(List.of(intended.get(i))));
      } else {
        assertThat(i).as("nothing follows what is cut").isEqualTo(found.size() - 1);
      }
    }
    long before =
        intended.stream()
            .filter(message -> message.span().to() + BASE64_GROUP_BYTES <= lossAt)
            .count();
    long begun = intended.stream().filter(message -> message.span().from() < lossAt).count();
    assertThat(found).hasSizeBetween((int) before, (int) begun);
  }

  private static List<StreamMessage> sentBy(Exchange exchange, Role sender) {
    return exchange.messages().stream().filter(message -> message.sender() == sender).toList();
  }

  private static String render(Exchange exchange) {
    return render(sentBy(exchange, Role.CLIENT)) + render(sentBy(exchange, Role.SERVER));
  }

  private static String render(List<StreamMessage> messages) {
    StringBuilder text = new StringBuilder();
    for (StreamMessage message : messages) {
      text.append(message.span().from())
          .append('-')
          .append(message.span().to())
          .append(message.compressed() ? " compressed " : " ")
          .append(message.completeness())
          .append(message.anomalies())
          .append(" '")
          .append(message.payload().toBytes().toLatin1())
          .append("'\n");
    }
    return text.toString();
  }

  /** One call that carries the same body both ways. */
  private record Call(String type, String coding, String body) {
    Exchange analyze(int frameBytes, int lossAt, int lostBytes) {
      H2Script script = new H2Script();
      String[] fields = {"content-type " + type, "grpc-encoding " + coding};
      String requests =
          H2Script.PREFACE
              + H2Script.frame(H2Script.SETTINGS, 0, 0, "")
              + head(script.block(CLIENT, H2Script.request("POST", "/s/m", fields)), 0)
              + frames(frameBytes)
              + H2Script.frame(H2Script.DATA, H2Script.END_STREAM, STREAM, "");
      String begin =
          H2Script.frame(H2Script.SETTINGS, 0, 0, "")
              + head(script.block(SERVER, ":status 200", fields[0], fields[1]), 0);
      String responses =
          begin
              + frames(frameBytes)
              + head(script.block(SERVER, "grpc-status 0"), H2Script.END_STREAM);
      EventList events =
          new EventList()
              .accept(EventList.socket(1), 5)
              .data(EventList.socket(1), Direction.INGRESS, 0, requests);
      int from = begin.length() + FRAME_HEADER_BYTES + lossAt;
      if (lostBytes == 0) {
        events.data(EventList.socket(1), Direction.EGRESS, 0, responses);
      } else {
        events.data(EventList.socket(1), Direction.EGRESS, 0, responses.substring(0, from));
        int to = from + lostBytes;
        events.data(EventList.socket(1), Direction.EGRESS, to, responses.substring(to));
      }
      List<Session> sessions =
          Analyses.analyzeEachEnd(events.close(EventList.socket(1), 5).events());
      assertThat(sessions).hasSize(1);
      assertThat(sessions.get(0).exchanges()).hasSize(1);
      return sessions.get(0).exchanges().get(0);
    }

    private static String head(String block, int flags) {
      return H2Script.frame(H2Script.HEADERS, H2Script.END_HEADERS | flags, STREAM, block);
    }

    private String frames(int frameBytes) {
      List<String> frames = new ArrayList<>();
      for (int at = 0; at < body.length(); at += frameBytes) {
        String part = body.substring(at, Math.min(body.length(), at + frameBytes));
        frames.add(H2Script.frame(H2Script.DATA, 0, STREAM, part));
      }
      return String.join("", frames);
    }
  }
}
