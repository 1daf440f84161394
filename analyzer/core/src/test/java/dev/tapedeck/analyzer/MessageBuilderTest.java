// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapedeck.format.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept of a message, and made of it when it is asked for. */
final class MessageBuilderTest {
  private static final String HEAD = "POST /a?b HTTP/1.1\r\nHost: h\r\n\r\n";

  private final MessageBuilder builder = new MessageBuilder();

  private MessageBuilder chunked(String size, String end) {
    Bytes message = Bytes.latin1(HEAD + size + "body" + end);
    int from = HEAD.length() + size.length();
    return builder
        .inOneRun(message, HEAD.length(), Body.Framing.CHUNKED, from, from + 4)
        .headers(null)
        .span(100, 100 + message.length(), 7, 9);
  }

  private static HttpRequest request(MessageBuilder parts) {
    return parts.request("POST", 5, 9, "HTTP/1.1", "h");
  }

  @Test
  void request_inOneRun_hasAllPartsInWhateverOrderTheyAreAskedFor() {
    HttpRequest bodyFirst = request(chunked("4\r\n", "\r\n0\r\n\r\n"));
    HttpRequest headFirst = request(chunked("4\r\n", "\r\n0\r\n\r\n"));
    assertThat(bodyFirst.body().wire().toBytes()).isEqualTo(Bytes.latin1("body"));
    assertThat(headFirst.target()).isEqualTo("/a?b");
    assertThat(headFirst.headers().all("host").get(0).value()).isEqualTo("h");
    assertThat(headFirst.body().framed().toBytes())
        .isEqualTo(Bytes.latin1("4\r\nbody\r\n0\r\n\r\n"));
    assertThat(headFirst.span())
        .isEqualTo(new MessageSpan(100, 100 + HEAD.length() + 14, 7, 9))
        .isEqualTo(bodyFirst.span());
    assertThat(headFirst).isEqualTo(bodyFirst).isEqualTo(headFirst.detached());
  }

  @Test
  void request_withoutBody_isEqualWhetherItWasLookedInto() {
    Bytes head = Bytes.latin1(HEAD);
    HttpRequest looked = request(builder.head(head).headers(null).span(0, head.length(), 1, 2));
    HttpRequest fresh = request(builder.head(head).headers(null).span(0, head.length(), 1, 2));
    assertThat(looked.headers().toList()).hasSize(1);
    assertThat(looked.body()).isEqualTo(Body.NONE).isEqualTo(fresh.body());
    assertThat(looked).isEqualTo(fresh);
  }

  @Test
  void request_withWhatItsBytesDoNotTell_keepsIt() {
    Anomaly odd = new Anomaly(AnomalyKind.CHUNK_SYNTAX, "odd");
    HttpRequest cut =
        request(
            chunked("4\r\n", "")
                .span(100, 300, 7, 9)
                .completeness(Completeness.GAP)
                .anomalies(List.of(odd)));
    assertThat(cut.detached()).isEqualTo(cut);
    assertThat(cut.span().to()).isEqualTo(300);
    assertThat(cut.completeness()).isEqualTo(Completeness.GAP);
    assertThat(cut.anomalies()).containsExactly(odd);
  }

  @Test
  void inOneRun_framesOfTheLongestKind_areKept() {
    String extension = ";x=" + "y".repeat(MessageBuilder.MAX_FRAME_BYTES - 6);
    HttpRequest request = request(chunked("4" + extension + "\r\n", "\r\n0\r\n\r\n"));
    assertThat(request.body().wire().toBytes()).isEqualTo(Bytes.latin1("body"));
  }

  @Test
  void inOneRun_longerFrames_areRefused() {
    String extension = ";x=" + "y".repeat(MessageBuilder.MAX_FRAME_BYTES - 5);
    assertThatThrownBy(() -> chunked("4" + extension + "\r\n", "\r\n0\r\n\r\n"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
