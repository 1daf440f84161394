// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import dev.tapedeck.replayer.RawServer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Rules and flows on the wire, against a server that writes down what comes. */
final class RewriteRunTest {
  private static final String TOKEN =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n{\"token\":\"live-7c4b9d2e1f\"}";

  @TempDir private Path directory;

  @Test
  void run_rulesAndFlows_changeTheirPlacesAndNothingElse() throws Exception {
    Path rules = directory.resolve("rules.yaml");
    Files.writeString(
        rules,
        """
        rewrite:
          - host: shop.test
          - {header: X-Debug, remove: true}
          - {json: $.mail, set: nobody@example.com, endpoint: POST /orders}
          - {query: nowhere, remove: true}
        """);
    try (RawServer server = new RawServer(RawServer.always(TOKEN))) {
      Ran result =
          run("run", "--target", url(server), "--allow-unsafe", "--rules", rules.toString());
      assertThat(result.code()).as(result.out()).isZero();
      assertThat(server.received())
          .containsExactly(
              """
              GET /token HTTP/1.1
              HOST: shop.test

              POST /orders HTTP/1.1
              Host:  shop.test\040
              authorization: Bearer live-7c4b9d2e1f
              Content-Length: 43

              { "mail" : "nobody@example.com", "n" : 1.0}"""
                  .replace("\n", "\r\n"));
      JsonNode unused = new JsonMapper().readTree(result.out()).get("unused_rules");
      assertThat(unused).hasSize(1);
      assertThat(unused.get(0).get("rule").asString()).isEqualTo("query nowhere remove");
      assertThat(unused.get(0).get("line").asInt()).isEqualTo(5);
    }
  }

  @Test
  void plan_mintThatIsNotSent_saysThatTheValueIsSentAsRecorded() throws Exception {
    Path capture = directory.resolve("login.tape");
    EventScript.parse(
            """
            >> POST /login HTTP/1.1\\r\\nHost: a.example\\r\\nContent-Length: 0\\r\\n\\r\\n
            << HTTP/1.1 200 OK\\r\\nSet-Cookie: sid=8f3k2a91bc7d\\r\\nContent-Length: 0\\r\\n\\r\\n
            >> GET /me HTTP/1.1\\r\\nHost: a.example\\r\\nCookie: sid=8f3k2a91bc7d\\r\\n\\r\\n
            << HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok
            """)
        .writeTo(capture);
    Ran text = runOn(capture, "plan", "--target", "http://127.0.0.1:9");
    assertThat(text.out())
        .contains("SENT AS RECORDED")
        .contains("1.1     header:set-cookie[sid]")
        .contains("-> 1.2 header:cookie cookie[sid]")
        .doesNotContain("8f3k2a91bc7d");
    Ran allowed = runOn(capture, "plan", "--target", "http://127.0.0.1:9", "--allow-unsafe");
    assertThat(allowed.out()).contains("FLOWS").doesNotContain("SENT AS RECORDED");
    Ran none =
        runOn(capture, "plan", "--target", "http://127.0.0.1:9", "--allow-unsafe", "--no-flows");
    assertThat(none.out()).doesNotContain("FLOWS");
  }

  private static String url(RawServer server) {
    return "http://127.0.0.1:" + server.port();
  }

  private Ran run(String command, String... more) throws Exception {
    Path capture = directory.resolve("c.tape");
    EventScript.parse(
            """
            >> GET /token HTTP/1.1\\r\\nHOST: old.example\\r\\n\\r\\n
            << HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: 27\\r\\n\\r\\n{"token":"then-0a1b2c3d4e"}
            >> POST /orders HTTP/1.1\\r\\nHost:  old.example \\r\\nX-Debug: 1\\r\\nauthorization: Bearer then-0a1b2c3d4e\\r\\nContent-Length: 28\\r\\n\\r\\n{ "mail" : "a@b", "n" : 1.0}
            << HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: 27\\r\\n\\r\\n{"token":"then-0a1b2c3d4e"}
            """)
        .writeTo(capture);
    String[] all = new String[more.length + 2];
    System.arraycopy(more, 0, all, 0, more.length);
    all[more.length] = "--format";
    all[more.length + 1] = "json";
    return runOn(capture, command, all);
  }

  private static Ran runOn(Path capture, String command, String... more) {
    String[] words = new String[more.length + 2];
    words[0] = command;
    words[1] = capture.toString();
    System.arraycopy(more, 0, words, 2, more.length);
    return Ran.command(words);
  }
}
