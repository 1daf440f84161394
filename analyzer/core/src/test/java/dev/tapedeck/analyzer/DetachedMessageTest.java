// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages in storage of their own, wherever their fields lie: in the head or beside it. */
final class DetachedMessageTest {
  private static final MessageSpan SPAN = new MessageSpan(0, 1, 2, 3);

  /** Stands for a block of a capture: what was detached does not change with it. */
  private final byte[] block = "..frame: 1\r\n..".getBytes(StandardCharsets.US_ASCII);

  private final Bytes head = Bytes.wrap(block, 2, 10);
  private final HeaderFields inHead = HeaderFields.ofSpans(head, new int[] {0, 5, 7, 8});

  /** Longer than the head, as what HPACK unpacks is. */
  private final HeaderFields unpacked =
      HeaderFields.ofSpans(
          Bytes.latin1("user-agentcurl/7.88.1accept*/*"),
          new int[] {0, 10, 10, 21, 21, 27, 27, 30});

  private HttpRequest request(HeaderFields headers) {
    return new HttpRequest(
        "GET",
        "/",
        "HTTP/2",
        null,
        head,
        headers,
        HeaderFields.NONE,
        Body.NONE,
        SPAN,
        Completeness.COMPLETE,
        List.of());
  }

  private HttpResponse response(HeaderFields headers) {
    return new HttpResponse(
        200,
        "",
        "HTTP/2",
        head,
        headers,
        HeaderFields.NONE,
        Body.NONE,
        SPAN,
        Completeness.COMPLETE,
        List.of());
  }

  @Test
  void detached_requestWithFieldsBesideItsHead_keepsThem() {
    HttpRequest detached = request(unpacked).detached();
    assertThat(detached.headers().toList()).isEqualTo(unpacked.toList());
    assertThat(detached.head()).isEqualTo(head);
  }

  @Test
  void detached_responseWithFieldsBesideItsHead_keepsThem() {
    HttpResponse detached = response(unpacked).detached();
    assertThat(detached.headers().toList()).isEqualTo(unpacked.toList());
    assertThat(detached.head()).isEqualTo(head);
  }

  @Test
  void detached_messagesWithFieldsInTheirHead_keepThemWhenTheBlockIsGone() {
    HttpRequest sent = request(inHead).detached();
    HttpResponse answer = response(inHead).detached();
    Arrays.fill(block, (byte) '#');
    for (HttpMessage message : List.of(sent, answer)) {
      assertThat(message.headers().get(0).name()).isEqualTo("frame");
      assertThat(message.headers().get(0).value()).isEqualTo("1");
      assertThat(message.head().toLatin1()).isEqualTo("frame: 1\r\n");
      assertThat(message.headers().get(0).nameOffset()).isZero();
    }
    assertThat(inHead.get(0).name()).as("the original was a view").isEqualTo("#####");
  }
}
