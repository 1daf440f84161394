// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import dev.tapedeck.replayer.RawServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Requests that were not captured whole are left out, each with its reason, unless asked for. */
final class IncompleteRequestsTest {
  private static final String SCRIPT =
      """
      gap: @ plain server 192.0.2.2:80 <- 192.0.2.1:40001
      tail: @ plain server 192.0.2.2:80 <- 192.0.2.1:40002
      chunks: @ plain server 192.0.2.2:80 <- 192.0.2.1:40003
      head: @ plain server 192.0.2.2:80 <- 192.0.2.1:40004
      start: @ plain server 192.0.2.2:80 <- 192.0.2.1:40005
      gap >> POST /gap HTTP/1.1\\r\\nHost: a.example\\r\\nContent-Length: 10\\r\\nX-Last: 1\\r\\n\\r\\nabc
      gap >> gap 4
      gap >> hij
      gap << HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok
      gap >> GET /next HTTP/1.1\\r\\nHost: a.example\\r\\n\\r\\n
      gap << HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok
      head >> POST /head HTTP/1.1\\r\\nHost: a.example\\r\\nX-Long: vv
      head >> gap 4
      head >> vv\\r\\nContent-Length: 3\\r\\n\\r\\nabc
      head << HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok
      start >> gap 30
      start >> le: x\\r\\nContent-Length: 3\\r\\n\\r\\nabc
      start << HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok
      tail >> POST /tail HTTP/1.1\\r\\nHost: a.example\\r\\nContent-Length: 100\\r\\n\\r\\nonly this
      chunks >> POST /chunks HTTP/1.1\\r\\nHost: a.example\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n5\\r\\nhello\\r\\n10\\r\\nwor
      """;

  @TempDir private Path folder;

  @Test
  void run_incompleteRequests_areLeftOutWithTheirReason() throws Exception {
    try (RawServer server = new RawServer(RawServer.always("HTTP/1.1 204 No\r\n\r\n"))) {
      JsonNode report = run(server);

      assertThat(report.get("sent").asInt()).isOne();
      assertThat(report.at("/skipped/incomplete_request").asInt()).isEqualTo(4);
      assertThat(String.join("", server.received())).contains("GET /next").doesNotContain("POST");
    }
  }

  @Test
  void run_incompleteRequestsThatAreAskedFor_areSentWithWhatThereIs() throws Exception {
    try (RawServer server = new RawServer(IncompleteRequestsTest::serve)) {
      JsonNode report = run(server, "--allow-incomplete");

      assertThat(report.at("/skipped/incomplete_request").asInt()).as("no whole head").isEqualTo(1);
      String host = "Host: 127.0.0.1:" + server.port() + "\r\n";
      assertThat(server.received())
          .containsExactlyInAnyOrder(
              "POST /gap HTTP/1.1\r\n"
                  + host
                  + "Content-Length: 6\r\nX-Last: 1\r\n\r\nabchij"
                  + "GET /next HTTP/1.1\r\n"
                  + host
                  + "\r\n",
              "POST /tail HTTP/1.1\r\n" + host + "Content-Length: 9\r\n\r\nonly this",
              "POST /chunks HTTP/1.1\r\n"
                  + host
                  + "Transfer-Encoding: chunked\r\n\r\n8\r\nhellowor\r\n0\r\n\r\n");
    }
  }

  /** Reads each request to its end. */
  private static void serve(RawServer.Conversation conversation)
      throws IOException, InterruptedException {
    String head = conversation.readRequest();
    while (head != null) {
      if (head.startsWith("POST /chunks")) {
        conversation.readBytes("8\r\nhellowor\r\n0\r\n\r\n".length());
      }
      conversation.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      head = conversation.readRequest();
    }
  }

  private JsonNode run(RawServer server, String... more) throws IOException {
    Path capture = folder.resolve("cut.tape");
    EventScript.parse(SCRIPT).writeTo(capture);
    List<String> words = new ArrayList<>();
    words.addAll(List.of("run", capture.toString(), "--allow-unsafe", "--format", "json"));
    words.addAll(List.of("--target", "http://127.0.0.1:" + server.port(), "--pace", "max"));
    words.addAll(List.of(more));
    Ran ran = Ran.command(words);
    assertThat(ran.code()).as(ran.err()).isIn(ExitCode.OK, ExitCode.DIFFERENT);
    return ran.json();
  }
}
