// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.message.Frames;
import dev.tapedeck.format.Chunking;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.Role;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** WebSockets in HTTP/2 streams (RFC 8441). */
class Http2WebSocketTest {
  private static final boolean CLIENT = true;
  private static final boolean SERVER = false;
  private static final String[] CONNECT =
      H2Script.request("CONNECT", "/chat", ":protocol websocket", "sec-websocket-version 13");

  private static String latin1(Frames frames) {
    return new String(frames.bytes(), StandardCharsets.ISO_8859_1);
  }

  private static List<String> messages(Exchange exchange) {
    return exchange.messages().stream()
        .map(
            message ->
                (message.sender() == Role.CLIENT ? "> " : "< ")
                    + (message.kind() == null ? "?" : message.kind().jsonName())
                    + " "
                    + message.payload().toBytes().toUtf8())
        .toList();
  }

  private static Exchange first(EventScript script) {
    return Analyses.analyze(script).get(0).exchanges().get(0);
  }

  @Test
  void analyze_extendedConnect_givesMessagesUnderEverySplit() {
    String asked = latin1(Frames.client().text("hello").deflated("squeezed", 2).close(1000, ""));
    String told = latin1(Frames.server().text("welcome").close(1000, ""));
    EventScript script =
        new H2Script()
            .start()
            .headers(CLIENT, 1, false, CONNECT)
            .headers(SERVER, 1, false, ":status 200", "sec-websocket-extensions permessage-deflate")
            .data(CLIENT, 1, false, asked.substring(0, 4))
            .get(3, "/meanwhile")
            .headers(SERVER, 3, true, ":status 204")
            .data(CLIENT, 1, true, asked.substring(4))
            .data(SERVER, 1, true, told)
            .parse();
    Chunking.allFor(script)
        .forEach(
            chunking -> {
              Exchange exchange = first(script.withChunking(chunking));
              assertThat(messages(exchange))
                  .as("%s", chunking)
                  .containsExactly(
                      "> text hello", "> text squeezed", "> close ", "< text welcome", "< close ");
              assertThat(exchange.completeness()).isEqualTo(Completeness.COMPLETE);
              assertThat(exchange.request().target()).isEqualTo("/chat");
            });
  }

  @Test
  void analyze_bytesLostInsideAFrame_nothingIsInvented() {
    String told = latin1(Frames.server().text("0123456789").text("next"));
    String frame = H2Script.frame(H2Script.DATA, H2Script.END_STREAM, 1, told);
    EventScript script =
        new H2Script()
            .start()
            .headers(CLIENT, 1, false, CONNECT)
            .headers(SERVER, 1, false, ":status 200")
            .data(CLIENT, 1, true, "")
            .line(SERVER, frame.substring(0, 9 + 4))
            .script("<< gap 4")
            .line(SERVER, frame.substring(9 + 8))
            .parse();
    Exchange exchange = first(script);
    assertThat(exchange.completeness()).isEqualTo(Completeness.GAP);
    assertThat(messages(exchange)).noneMatch(text -> text.contains("0123456789"));
  }

  @Test
  void analyze_refusedConnect_hasNoMessages() {
    EventScript script =
        new H2Script()
            .start()
            .headers(CLIENT, 1, false, CONNECT)
            .headers(SERVER, 1, false, ":status 403")
            .data(SERVER, 1, true, latin1(Frames.server().text("no")))
            .data(CLIENT, 1, true, "")
            .parse();
    assertThat(first(script).messages()).isEmpty();
  }
}
