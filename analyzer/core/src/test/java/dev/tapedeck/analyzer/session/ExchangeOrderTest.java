// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.format.EventScript;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When exchanges and sessions leave an analysis. */
class ExchangeOrderTest {
  private static final String TWO_CONNECTIONS =
      """
      c1: @ plain server 10.0.0.1:40001 -> 10.0.0.2:80
      c2: @ plain server 10.0.0.1:40002 -> 10.0.0.2:80
      c1 >> GET /slow HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n
      c2 >> GET /a HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n
      c2 << HTTP/1.1 204 No Content\\r\\n\\r\\n
      c2 >> GET /b HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n
      c2 << HTTP/1.1 204 No Content\\r\\n\\r\\n
      c1 << HTTP/1.1 204 No Content\\r\\n\\r\\n
      """;

  @Test
  void analyze_connectionsSideBySide_exchangesComeAsTheyAreComplete() throws IOException {
    assertThat(order(EventScript.parse(TWO_CONNECTIONS)))
        .containsExactly("2.1", "2.2", "session 2: 2", "1.1", "session 1: 1");
  }

  private static List<String> order(EventScript script) throws IOException {
    List<String> order = new ArrayList<>();
    new SessionAnalyzer(AnalyzerOptions.defaults())
        .analyze(
            Analyses.source(script.events()),
            new ExchangeVisitor() {
              @Override
              public void exchange(Exchange exchange) {
                order.add(exchange.id());
              }

              @Override
              public void session(SessionSummary session) {
                order.add("session " + session.number() + ": " + session.exchanges());
              }
            });
    return order;
  }
}
