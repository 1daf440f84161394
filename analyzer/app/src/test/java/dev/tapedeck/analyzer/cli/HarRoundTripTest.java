// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.export.SchemaCheck;
import dev.tapedeck.analyzer.wire.FieldSection;
import dev.tapedeck.analyzer.wire.Http2Writer;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.EventScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An archive that is imported and exported again has the same values. */
class HarRoundTripTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  /** A WebSocket with text, bytes, a ping and a close; a form, a body in Latin-1, one of bytes. */
  private static final EventScript KINDS =
      EventScript.parse(
          """
          c1: @ plain server 10.0.0.2:80 <- 10.0.0.1:40001
          c2: @ tls server 192.0.2.1:40000 -> 192.0.2.2:8443
          c1 >> GET /ws HTTP/1.1\\r\\nHost: x\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\nSec-WebSocket-Version: 13\\r\\n\\r\\n
          + 1ms
          c1 << HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\\r\\n\\r\\n
          + 1ms
          c1 << \\x81\\x05hello
          c1 >> \\x81\\x85\\x01\\x02\\x03\\x04\\x69\\x67\\x6f\\x68\\x6e
          c1 << \\x82\\x03\\x00\\xff\\x10
          c1 << \\x89\\x00
          + 1ms
          c1 << \\x88\\x05\\x03\\xe8bye
          c2 >> POST /f?a=1&b=%20&c HTTP/1.1\\r\\nHost: x\\r\\nContent-Type: application/x-www-form-urlencoded\\r\\nCookie: s=1; t=2\\r\\nContent-Length: 7\\r\\n\\r\\nq=1&r=2
          + 2ms
          c2 << HTTP/1.1 200 OK\\r\\nContent-Type: text/plain; charset=iso-8859-1\\r\\nSet-Cookie: s=2; Path=/; HttpOnly; Secure\\r\\nContent-Length: 4\\r\\n\\r\\ncaf\\xe9
          c2 >> PUT /b HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 4\\r\\n\\r\\n\\x00\\xff\\x10\\x80
          + 1ms
          c2 << HTTP/1.1 302 Found\\r\\nLocation: /c\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n3\\r\\n\\x00\\x01\\xfe\\r\\n0\\r\\nX-T: 1\\r\\n\\r\\n
          c2 >> HEAD /h HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n
          c2 << HTTP/1.1 200 OK\\r\\nContent-Length: 99\\r\\n\\r\\n
          close c1
          close c2
          """);

  /** A head of several frames, bytes, an interim answer, no answer, a WebSocket in a stream. */
  private static final EventScript HTTP2 = script();

  private static EventScript script() {
    FieldSection put = request("PUT", "/a?b=c");
    put.add("cookie", "s=1");
    put.add("cookie", "t=2");
    put.add("x-long", "v".repeat(40_000));
    FieldSection found = new FieldSection();
    found.add(":status", "302");
    found.add("location", "/c");
    found.add("content-type", "text/plain; charset=iso-8859-1");
    FieldSection early = new FieldSection();
    early.add(":status", "103");
    early.add("link", "</x>");
    FieldSection ok = new FieldSection();
    ok.add(":status", "200");
    ok.add("content-length", "9");
    FieldSection socket = request("CONNECT", "/ws");
    socket.add(":protocol", "websocket");
    return new Conversation()
        .line(">>", Http2Writer.opening(true))
        .line("<<", Http2Writer.opening(false))
        .line(">>", Http2Writer.section(put, 1, false))
        .line(">>", Http2Writer.data(Bytes.latin1("\u0000\u00ff".repeat(20_000)), 1, true))
        .line("<<", Http2Writer.section(early, 1, false))
        .line("<<", Http2Writer.section(found, 1, false))
        .line("<<", Http2Writer.data(Bytes.latin1("caf\u00e9"), 1, true))
        .line(">>", Http2Writer.section(request("HEAD", "/h"), 3, true))
        .line("<<", Http2Writer.section(ok, 3, true))
        .line(">>", Http2Writer.section(request("GET", "/none"), 5, true))
        .line(">>", Http2Writer.section(socket, 7, false))
        .line("<<", Http2Writer.section(status("200"), 7, false))
        .line("<<", Http2Writer.data(Bytes.latin1("\u0081\u0005hello\u0088\u0000"), 7, true))
        .line(">>", Http2Writer.data(Bytes.latin1("\u0088\u0080abcd"), 7, true))
        .parse();
  }

  private static FieldSection status(String status) {
    FieldSection fields = new FieldSection();
    fields.add(":status", status);
    return fields;
  }

  private static FieldSection request(String method, String path) {
    FieldSection fields = new FieldSection();
    fields.add(":method", method);
    fields.add(":scheme", "https");
    fields.add(":authority", "a.example");
    fields.add(":path", path);
    return fields;
  }

  /** Lines of a script, a millisecond apart. */
  private static final class Conversation {
    private final StringBuilder text;

    Conversation() {
      this("@ tls server 192.0.2.1:40000 -> 192.0.2.2:443\n");
    }

    Conversation(String opening) {
      this.text = new StringBuilder(opening);
    }

    String text() {
      return text.toString();
    }

    Conversation line(String direction, Bytes bytes) {
      text.append(direction).append(' ');
      for (byte b : bytes.toArray()) {
        text.append(String.format("\\x%02x", b));
      }
      text.append("\n+ 1ms\n");
      return this;
    }

    EventScript parse() {
      return EventScript.parse(text + "close\n");
    }
  }

  @TempDir Path folder;

  private String export(Path capture) {
    CliRun run = CliRun.of("export", "har", capture, "--include-secrets", "-o", "-");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(SchemaCheck.faults("har-1.2.json", run.out())).isEmpty();
    return run.out();
  }

  private Path imported(String archive) throws IOException {
    Path file = folder.resolve("a.har");
    Files.writeString(file, archive);
    Path capture = folder.resolve("b.tape");
    CliRun run = CliRun.of("import", "har", file, "-o", capture);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return capture;
  }

  /** Returns the entries without what is our own. */
  private static List<String> entries(String archive) {
    List<String> entries = new ArrayList<>();
    for (JsonNode entry : MAPPER.readTree(archive).at("/log/entries")) {
      ((ObjectNode) entry).remove("_tapedeck");
      entries.add(entry.toPrettyString());
    }
    entries.sort(null);
    return entries;
  }

  private void goesRound(EventScript script, int count) throws IOException {
    Path capture = folder.resolve("a.tape");
    script.writeTo(capture);
    String before = export(capture);
    assertThat(entries(before)).hasSize(count);
    assertThat(entries(export(imported(before)))).isEqualTo(entries(before));
  }

  @Test
  void har_allKindsOfBodiesAndWebSocketMessages_goRound() throws IOException {
    goesRound(KINDS, 4);
    assertThat(export(folder.resolve("a.tape")))
        .contains("\"_webSocketMessages\"", "\"opcode\" : 8", "\"data\" : \"hello\"");
  }

  @Test
  void har_eventsThatCameOneByOne_goRound() throws IOException {
    goesRound(
        EventScript.parse(
            """
            @ plain server 10.0.0.2:80 <- 10.0.0.1:40001
            >> GET /events HTTP/1.1\\r\\nHost: x\\r\\nAccept: text/event-stream\\r\\n\\r\\n
            + 1ms
            << HTTP/1.1 200 OK\\r\\nContent-Type: text/event-stream\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n
            + 5ms
            << 11\\r\\nid: 1\\ndata: a\\n\\n:\\n\\r\\n
            + 7ms
            << 9\\r\\ndata: b\\n\\n\\r\\n0\\r\\n\\r\\n
            >> GET /after HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n
            + 1ms
            << HTTP/1.1 204 No Content\\r\\n\\r\\n
            close
            """),
        2);
  }

  /**
   * RFC 7540, section 3.2: the answer comes over HTTP/2, which an HTTP/1 connection cannot tell.
   */
  @Test
  void har_upgradeToHttp2_comesBackWithItsAnswerAndWithoutThe101() throws IOException {
    FieldSection ok = status("200");
    ok.add("content-type", "text/plain");
    ok.add("content-length", "8");
    StringBuilder text =
        new StringBuilder(
            """
            @ plain server 10.0.0.2:80 <- 10.0.0.1:40001
            >> GET /up HTTP/1.1\\r\\nHost: x\\r\\nConnection: Upgrade, HTTP2-Settings\\r\\nUpgrade: h2c\\r\\nHTTP2-Settings: AAMAAABkAAQAAP__\\r\\n\\r\\n
            + 1ms
            << HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: h2c\\r\\n\\r\\n
            + 1ms
            """);
    text.append(
        new Conversation("")
            .line(">>", Http2Writer.opening(true))
            .line("<<", Http2Writer.opening(false))
            .line("<<", Http2Writer.section(ok, 1, false))
            .line("<<", Http2Writer.data(Bytes.latin1("upgraded"), 1, true))
            .line(">>", Http2Writer.section(request("GET", "/second"), 3, true))
            .line("<<", Http2Writer.section(status("404"), 3, true))
            .text());
    Path capture = folder.resolve("a.tape");
    EventScript.parse(text + "close\n").writeTo(capture);
    String before = export(capture);
    assertThat(values(before, "/request/url"))
        .containsExactly("http://x/up", "http://a.example/second");
    assertThat(before).contains("\"status\" : 101", "upgraded");

    String after = export(imported(before));

    for (String pointer :
        List.of(
            "/request/method",
            "/request/url",
            "/request/headers",
            "/response/status",
            "/response/headers",
            "/response/content/text")) {
      assertThat(values(after, pointer)).as(pointer).isEqualTo(values(before, pointer));
    }
    assertThat(after).doesNotContain("\"status\" : 101");
  }

  private static List<String> values(String archive, String pointer) {
    List<String> values = new ArrayList<>();
    for (JsonNode entry : MAPPER.readTree(archive).at("/log/entries")) {
      JsonNode value = entry.at(pointer);
      values.add(value.isString() ? value.asString() : value.toString());
    }
    return values;
  }

  @Test
  void har_gapsAndHostileHeads_goRound() throws IOException {
    HarRounds rounds = new HarRounds(folder);
    Path capture = TestCaptures.shop(folder);
    assertThat(rounds.assertSame(capture, true)).isPositive();
    rounds.assertSame(capture, false);
  }

  @Test
  void har_http2_goesRound() throws IOException {
    Path capture = folder.resolve("h2.tape");
    HTTP2.writeTo(capture);
    String before = export(capture);
    assertThat(entries(before)).hasSize(4).allMatch(entry -> entry.contains("\"HTTP/2\""));
    assertThat(before).contains("\"_webSocketMessages\"", "\"data\" : \"hello\"", "\"link\"");
    String after = export(imported(before));
    assertThat(entries(after)).isEqualTo(entries(before));
    assertThat(details(after)).isEqualTo(details(before));
  }

  /** RFC 8441: fragments, a ping between them, and times of their own. */
  @Test
  void har_webSocketOverHttp2_goesRoundWithTheTimeOfEachMessage() throws IOException {
    FieldSection socket = request("CONNECT", "/ws");
    socket.add(":protocol", "websocket");
    Path capture = folder.resolve("h2.tape");
    new Conversation()
        .line(">>", Http2Writer.opening(true))
        .line("<<", Http2Writer.opening(false))
        .line(">>", Http2Writer.section(socket, 1, false))
        .line("<<", Http2Writer.section(status("200"), 1, false))
        .line("<<", Http2Writer.data(Bytes.latin1("\u0001\u0003hel"), 1, false))
        .line("<<", Http2Writer.data(Bytes.latin1("\u0089\u0000"), 1, false))
        .line(">>", Http2Writer.data(Bytes.latin1("\u008a\u0080abcd"), 1, false))
        .line("<<", Http2Writer.data(Bytes.latin1("\u0080\u0002lo"), 1, false))
        .line("<<", Http2Writer.data(Bytes.latin1("\u0082\u0002\u0000\u00ff"), 1, false))
        .line(">>", Http2Writer.data(Bytes.latin1("\u0088\u0080abcd"), 1, true))
        .line("<<", Http2Writer.data(Bytes.latin1("\u0088\u0000"), 1, true))
        .parse()
        .writeTo(capture);
    String before = export(capture);
    String after = export(imported(before));
    assertThat(entries(after)).isEqualTo(entries(before));
    JsonNode messages = MAPPER.readTree(after).at("/log/entries/0/_webSocketMessages");
    assertThat(messages.findValuesAsString("opcode"))
        .containsExactly("9", "10", "1", "2", "8", "8");
    assertThat(messages.findValuesAsString("time")).doesNotHaveDuplicates();
  }

  @Test
  void import_tunnelWhoseContentIsNotTheMessages_keepsTheContent() throws IOException {
    Path capture = folder.resolve("h2.tape");
    HTTP2.writeTo(capture);
    String archive = export(capture);
    ObjectNode root = (ObjectNode) MAPPER.readTree(archive);
    for (JsonNode entry : root.at("/log/entries")) {
      if (entry.has("_webSocketMessages")) {
        ((ArrayNode) entry.path("_webSocketMessages")).remove(0);
      }
    }
    String after = export(imported(root.toString()));
    assertThat(values(after, "/response/content/text"))
        .isEqualTo(values(archive, "/response/content/text"));
    assertThat(after).contains("\"data\" : \"hello\"");
  }

  @Test
  void har_grpc_goesRoundWithItsTrailers() throws IOException {
    goesRound(TestCaptures.CALLS, 2);
    String before = export(folder.resolve("a.tape"));
    String after = export(folder.resolve("b.tape"));
    assertThat(details(before)).anyMatch(detail -> detail.contains("grpc-status"));
    assertThat(details(after)).isEqualTo(details(before));
    assertThat(after).contains("\"HTTP/2\"").doesNotContain("\"HTTP/1.1\"");
  }

  /** Returns trailers, framings and interim answers. */
  private static List<String> details(String archive) {
    List<String> details = new ArrayList<>();
    for (JsonNode entry : MAPPER.readTree(archive).at("/log/entries")) {
      JsonNode own = entry.path("_tapedeck");
      details.add(
          own.at("/request/trailers")
              + " "
              + own.at("/response/trailers")
              + own.at("/request/framing")
              + own.at("/response/framing")
              + own.path("completeness")
              + own.path("interim"));
    }
    details.sort(null);
    return details;
  }
}
