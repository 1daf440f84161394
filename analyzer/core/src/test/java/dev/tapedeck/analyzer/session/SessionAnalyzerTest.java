// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import org.junit.jupiter.api.Test;

class SessionAnalyzerTest {
  @Test
  void analyze_keepAliveConnection_givesExchangesInOrder() {
    EventScript script =
        EventScript.parse(
            """
            >> GET /a HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n
            << HTTP/1.1 200 OK\\r\\ncontent-length: 5\\r\\n\\r\\nhello
            >> POST /b HTTP/1.1\\r\\nhost: x\\r\\ntransfer-encoding: chunked\\r\\n\\r\\n3\\r\\nabc\\r\\n0\\r\\n\\r\\n
            << HTTP/1.1 204 No Content\\r\\n\\r\\n
            close
            """);
    assertThat(Analyses.render(Analyses.analyze(script)))
        .isEqualTo("1.1 GET /a > 200 'hello'\n1.2 POST /b 'abc' > 204\n");
  }

  /** Its frame is longer than what is kept in the short form; see MessageBuilder. */
  @Test
  void analyze_chunkWithAnExtensionOf70000Bytes_givesItsData() {
    EventScript script =
        EventScript.parse(
            ">> GET /a HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n\n"
                + "<< HTTP/1.1 200 OK\\r\\ntransfer-encoding: chunked\\r\\n\\r\\n5;x="
                + "y".repeat(70_000)
                + "\\r\\nhello\\r\\n0\\r\\n\\r\\n\nclose");
    assertThat(Analyses.render(Analyses.analyze(script))).isEqualTo("1.1 GET /a > 200 'hello'\n");
  }
}
