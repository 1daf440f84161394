// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.wire.Http2Writer;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.replayer.StreamsServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The same as {@link IncompleteRequestsTest} for HTTP/2. */
final class IncompleteStreamsTest {
  /** RFC 7541, section 6.1: an entry of the dynamic table, which nothing in the capture added. */
  private static final String UNKNOWN_FIELD = "\u00be";

  @TempDir private Path folder;

  private final List<String> script = new ArrayList<>();

  /** A connection of which stream 1 is whole, and stream 3 lacks something. */
  private void connection(String name, String... lines) {
    script.add(name + ": @ plain server 192.0.2.2:80 <- 192.0.2.1:" + (40_001 + script.size()));
    script.addAll(StreamLines.opening(name));
    for (String line : lines) {
      script.add(name + " " + line);
    }
  }

  private static String post(String path, int stream, String... fields) {
    return ">> " + StreamLines.content(head(path, stream, fields));
  }

  private static Bytes head(String path, int stream, String... fields) {
    return StreamLines.head("POST", path, stream, false, fields);
  }

  private static String data(String content, int stream, boolean last) {
    return ">> " + StreamLines.content(Http2Writer.data(Bytes.latin1(content), stream, last));
  }

  private static String answer(int stream) {
    return "<< " + StreamLines.content(StreamLines.noContent(stream));
  }

  /** A frame of the body that was captured but for so many bytes in its middle. */
  private static List<String> torn(String content, int from, int lost, int stream) {
    String frame = Http2Writer.data(Bytes.latin1(content), stream, true).toLatin1();
    return List.of(
        ">> " + EventScript.escaped(frame.substring(0, 9 + from)),
        ">> gap " + lost,
        ">> " + EventScript.escaped(frame.substring(9 + from + lost)));
  }

  private void record() {
    List<String> torn = torn("abcdefghij", 3, 4, 1);
    connection(
        "inside",
        post("/inside", 1, "content-length", "10", "x-last", "1"),
        torn.get(0),
        torn.get(1),
        torn.get(2),
        answer(1));
    connection(
        "tail",
        post("/tail", 1, "content-length", "100"),
        data("only ", 1, false),
        data("this", 1, false));
    // The middle one of three frames is lost as a whole.
    connection(
        "frame",
        post("/frame", 1),
        data("one", 1, false),
        ">> gap " + Http2Writer.data(Bytes.latin1("two"), 1, false).length(),
        data("three", 1, true),
        answer(1));
    String head = head("/head", 1, "x-long", "v".repeat(50)).toLatin1();
    connection(
        "head",
        ">> " + EventScript.escaped(head.substring(0, 40)),
        ">> gap 20",
        ">> " + EventScript.escaped(head.substring(60)),
        data("abc", 1, true),
        answer(1));
    String known = head("/unknown", 1).toLatin1();
    String block = known.substring(9) + UNKNOWN_FIELD;
    String longer = "\0\0" + (char) block.length() + known.substring(3, 9) + block;
    connection(
        "unknown",
        ">> gap 100",
        ">> " + EventScript.escaped(longer),
        data("abc", 1, true),
        answer(1));
    connection("whole", post("/whole", 1), data("all", 1, true), answer(1));
  }

  @Test
  void run_incompleteRequests_areLeftOutWithTheirReason() throws Exception {
    record();
    try (StreamsServer server = new StreamsServer(null, asked -> asked.answerAs(NO_CONTENT))) {
      JsonNode report = run(server);

      assertThat(report.get("sent").asInt()).as(report.toPrettyString()).isOne();
      assertThat(report.at("/skipped/incomplete_request").asInt()).isEqualTo(5);
      assertThat(paths(server)).containsExactly("/whole");
    }
  }

  @Test
  void run_incompleteRequestsThatAreAskedFor_areSentWithWhatThereIs() throws Exception {
    record();
    try (StreamsServer server = new StreamsServer(null, asked -> asked.answerAs(NO_CONTENT))) {
      JsonNode report = run(server, "--allow-incomplete");

      assertThat(report.at("/skipped/incomplete_request").asInt())
          .as("unknown fields, and no whole head: %s", server.log())
          .isEqualTo(2);
      assertThat(report.get("recorded").asInt()).isEqualTo(6);
      assertThat(report.get("sent").asInt()).isEqualTo(4);
      assertThat(paths(server)).containsExactlyInAnyOrder("/inside", "/tail", "/frame", "/whole");
      assertThat(sentTo(server, "/inside"))
          .contains("content-length: 6\r\n", "x-last: 1\r\n")
          .endsWith("\r\n\r\nabchij");
      assertThat(sentTo(server, "/tail")).contains("content-length: 9\r\n").endsWith("only this");
      assertThat(sentTo(server, "/frame")).doesNotContain("content-length").endsWith("onethree");
      assertThat(report.get("notes").toString())
          .contains("request_incomplete: gap", "request_incomplete: truncated_end");
      assertThat(report.get("notes").size()).isGreaterThanOrEqualTo(3);
    }
  }

  @Test
  void run_valueIsRewrittenInAnIncompleteRequest_itsLengthFollows() throws Exception {
    record();
    Path rules = folder.resolve("rules.yaml");
    Files.writeString(rules, "rewrite:\n  - {header: X-Last, set: '2'}\n");
    try (StreamsServer server = new StreamsServer(null, asked -> asked.answerAs(NO_CONTENT))) {
      run(server, "--allow-incomplete", "--rules", rules.toString());

      assertThat(sentTo(server, "/inside"))
          .contains("content-length: 6\r\n", "x-last: 2\r\n")
          .endsWith("\r\n\r\nabchij");
    }
  }

  private static final String NO_CONTENT = "HTTP/1.1 204 No Content\r\n\r\n";

  private static List<String> paths(StreamsServer server) {
    return server.requests().stream().map(request -> request.split(" ", 3)[1]).toList();
  }

  private static String sentTo(StreamsServer server, String path) {
    return server.requests().stream()
        .filter(request -> request.startsWith("POST " + path + " "))
        .reduce("", String::concat);
  }

  private JsonNode run(StreamsServer server, String... more) throws IOException {
    Path capture = folder.resolve("cut.tape");
    EventScript.parse(String.join("\n", script)).writeTo(capture);
    List<String> words = new ArrayList<>();
    words.addAll(List.of("run", capture.toString(), "--allow-unsafe", "--format", "json"));
    words.add("--target");
    words.add(String.format(Locale.ROOT, "http://127.0.0.1:%d", server.port()));
    words.addAll(List.of("--pace", "max"));
    words.addAll(List.of(more));
    Ran ran = Ran.command(words);
    assertThat(ran.code()).as(ran.err()).isIn(ExitCode.OK, ExitCode.DIFFERENT);
    return ran.json();
  }
}
