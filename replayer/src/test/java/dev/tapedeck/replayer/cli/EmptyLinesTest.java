// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import dev.tapedeck.replayer.RawServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Empty lines ahead of a request line are bytes that were sent, too (RFC 9112, section 2.2). */
final class EmptyLinesTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String HOST = "Host: %s\r\n";
  private static final String FIRST = "\r\nGET /a HTTP/1.1\r\nHost: %s\r\n\r\n";
  private static final String POST = "POST /b HTTP/1.1\r\nContent-Length: 3\r\nHost: %s\r\n\r\nabc";

  /** Some old clients end a body with a line end that does not count. */
  private static final String LAST = "\r\n\nGET /c HTTP/1.1\r\nHost: %s\r\n\r\n";

  @TempDir private Path folder;

  private Path record() throws Exception {
    Path capture = folder.resolve("empty-lines.tape");
    List<String> script = new ArrayList<>();
    script.add("c: @ plain server 192.0.2.2:80 <- 192.0.2.1:30001");
    for (String request : List.of(FIRST, POST)) {
      script.add("c >> " + EventScript.escaped(request.formatted("shop.example")));
      script.add("c << " + EventScript.escaped(OK));
    }
    // They come in pieces, too.
    String last = LAST.formatted("shop.example");
    for (int at : new int[] {0, 1, 2}) {
      script.add(
          "c >> " + EventScript.escaped(last.substring(at, at < 2 ? at + 1 : last.length())));
    }
    script.add("c << " + EventScript.escaped(OK));
    EventScript.parse(String.join("\n", script)).writeTo(capture);
    return capture;
  }

  private static void serve(RawServer.Conversation conversation, List<String> requests, String host)
      throws IOException {
    for (String request : requests) {
      conversation.readBytes(request.formatted(host).length());
      conversation.write(OK);
    }
  }

  @Test
  void emptyLines_aheadOfRequests_areSentAsTheyWere() throws Exception {
    assertIsSent(List.of(FIRST, POST, LAST));
  }

  @Test
  void emptyLines_aheadOfRewrittenRequests_areSentAsTheyWere() throws Exception {
    Path rules = folder.resolve("rules.yaml");
    Files.writeString(rules, "version: 1\nrewrite:\n  - header: X-New\n    set: 'yes'\n");
    List<String> rewritten =
        Stream.of(FIRST, POST, LAST)
            .map(request -> request.replace(HOST, HOST + "X-New: yes\r\n"))
            .toList();
    assertIsSent(rewritten, "--rules", rules.toString());
  }

  private void assertIsSent(List<String> requests, String... more) throws Exception {
    Path capture = record();
    String[] host = new String[1];
    try (RawServer server = new RawServer(talk -> serve(talk, requests, host[0]))) {
      host[0] = "127.0.0.1:" + server.port();
      List<String> words = new ArrayList<>();
      words.addAll(List.of("run", capture.toString(), "--allow-unsafe"));
      words.addAll(List.of("--target", "http://" + host[0]));
      words.addAll(List.of(more));
      Ran ran = Ran.command(words);
      assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
      assertThat(server.received())
          .containsExactly(String.join("", requests).replace("%s", host[0]));
    }
  }
}
