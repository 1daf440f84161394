// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.http.ContentDecoder;
import dev.tapedeck.analyzer.wire.FieldSection;
import dev.tapedeck.analyzer.wire.Http2Writer;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.Gzip;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What exports write beside HAR's fields, so that a message comes back as it was. */
class HarExactTest {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final String SECRET = "hunter2-correct-horse";
  private static final String OPENING = "@ plain server 10.0.0.2:80 <- 10.0.0.1:40001\n";
  private static final String GET = ">> GET /a HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n\n+ 1ms\n";

  @TempDir Path folder;
  private HarRounds rounds;

  @BeforeEach
  void begin() {
    rounds = new HarRounds(folder);
  }

  static Stream<Path> samples() throws IOException {
    Path captures =
        Path.of(System.getProperty("tapedeck.root", "../..")).resolve("samples/captures");
    try (Stream<Path> folders = Files.list(captures)) {
      return folders
          .map(each -> each.resolve("capture.tape"))
          .filter(Files::exists)
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void har_ofASample_goesRound(Path capture) throws IOException {
    assertThat(rounds.assertSame(capture, true)).isPositive();
    rounds.assertSame(capture, false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Blanks and folds in heads, a bare line feed, no reason, a version in lower case.
        GET
            + "<< HTTP/1.1  200\\r\\nX-A:1\\r\\nX-B :  2 \\r\\n 3\\nContent-Length:2\\r\\n\\r\\nok\nclose",
        ">> GET   http://y:81/a?<>  http/1.1\\nHost:x\\n\\n\n<< HTTP/1.1 204 No\\r\\n\\r\\n\nclose",
        // HTTP/0.9, and an answer that only the connection's end ends.
        ">> GET /old\\r\\n\n<< just text\nclose",
        GET + "<< HTTP/1.1 200 OK\\r\\n\\r\\nuntil the end\nclose",
        // Incomplete bodies: lost bytes, a cut, an end too early, of each framing.
        GET + "<< HTTP/1.1 200 OK\\r\\nContent-Length: 10\\r\\n\\r\\nabc\n<< gap 4\n<< hij\nclose",
        GET + "<< HTTP/1.1 200 OK\\r\\nContent-Length: 10\\r\\n\\r\\nabc\nclose",
        GET
            + "<< HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\na\\r\\nabc\n<< gap 4\n"
            + "<< hij\\r\\n0\\r\\nX-T: 1\\r\\n\\r\\n\nclose",
        GET
            + "<< HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n3\\r\\nabc\\r\\n5\\r\\nde\nclose",
        GET + "<< HTTP/1.1 200 OK\\r\\nContent-Type: text/pl\n<< gap 4\nclose",
        ">> POST /p HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 9\\r\\n\\r\\nabc\n<< HTTP/1.1 400 No\\r\\n"
            + "Content-Length: 0\\r\\n\\r\\n\nclose",
        // What is no JSON is withheld where secrets are masked.
        GET
            + "<< HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: 12\\r\\n\\r\\n"
            + "{\"a\": 1} rest\nclose",
        // A coding that is none.
        GET
            + "<< HTTP/1.1 200 OK\\r\\nContent-Encoding: gzip\\r\\nContent-Length: 5\\r\\n\\r\\nplain\nclose"
      })
  void har_ofAnOddConversation_goesRound(String script) throws IOException {
    Path capture = capture(OPENING + script + "\n");
    assertThat(rounds.assertSame(capture, true)).isPositive();
    rounds.assertSame(capture, false);
  }

  @Test
  void har_ofHttp2ThatIsIncomplete_goesRound() throws IOException {
    String script =
        "@ tls server 192.0.2.1:40000 -> 192.0.2.2:443\n"
            + line(">>", Http2Writer.opening(true))
            + line("<<", Http2Writer.opening(false))
            + line(">>", Http2Writer.section(request("/gap"), 1, true))
            + line("<<", Http2Writer.section(status(), 1, false))
            + line("<<", Http2Writer.dataHeader(10, 1, true).plus(Bytes.latin1("abc")))
            + "<< gap 4\n"
            + line("<<", Bytes.latin1("hij"))
            + line(">>", Http2Writer.section(request("/end"), 3, true))
            + line("<<", Http2Writer.section(status(), 3, false))
            + line("<<", Http2Writer.data(Bytes.latin1("begun"), 3, false));
    Path capture = capture(script + "close\n");
    assertThat(rounds.assertSame(capture, true)).isEqualTo(2);
    assertThat(rounds.assertSame(capture, false)).isEqualTo(2);
  }

  private static FieldSection request(String path) {
    FieldSection fields = new FieldSection();
    fields.add(":method", "GET");
    fields.add(":scheme", "https");
    fields.add(":authority", "a.example");
    fields.add(":path", path);
    return fields;
  }

  private static FieldSection status() {
    FieldSection fields = new FieldSection();
    fields.add(":status", "200");
    fields.add("content-type", "text/plain");
    return fields;
  }

  /** Secrets in places that HAR's fields do not show, or show masked. */
  @Test
  void export_masked_hasNoSecretInWhatItAdds() throws IOException {
    byte[] page =
        ("{\"password\": \"" + SECRET + "\", \"a\": \"" + "b".repeat(400) + "\"}").getBytes(UTF_8);
    byte[] harmless = "c".repeat(600).getBytes(UTF_8);
    Path capture =
        capture(
            OPENING
                + ">> GET /1?password="
                + SECRET
                + " HTTP/1.1\\r\\nHost:x\\r\\nAuthorization:Bearer  "
                + SECRET
                + "\\r\\nno colon "
                + SECRET
                + "\\r\\n\\r\\n\n+ 1ms\n"
                + coded(Gzip.of(page))
                + GET
                + coded(named(Gzip.of(harmless)))
                + GET
                + coded(
                    Bytes.wrap(Gzip.of(harmless), 0, Gzip.of(harmless).length)
                        .plus(Bytes.utf8(SECRET))
                        .toArray())
                + "close\n");
    String archive = HarRounds.export(capture, false);
    List<String> found = new ArrayList<>();
    collect(MAPPER.readTree(archive), found);
    assertThat(HarRounds.entries(archive)).hasSize(3);
    assertThat(found).isNotEmpty().noneMatch(text -> text.contains(SECRET));
    assertThat(HarRounds.export(capture, true)).contains(SECRET, "coded_body", "\"head\"");
    rounds.assertSame(capture, true);
    rounds.assertSame(capture, false);
  }

  /** All strings, and what is in them when they are taken for base64 of coded bytes. */
  private static void collect(JsonNode node, List<String> out) {
    if (node.isString()) {
      String text = node.asString();
      out.add(text);
      try {
        byte[] bytes = Base64.getDecoder().decode(text);
        out.add(new String(bytes, ISO_8859_1));
        for (String coding : List.of("gzip", "deflate", "br", "zstd")) {
          out.add(decoded(bytes, coding));
        }
      } catch (IllegalArgumentException e) {
        // It is no base64, and has been added as it is.
        return;
      }
    }
    node.forEach(child -> collect(child, out));
  }

  private static String decoded(byte[] bytes, String coding) {
    return new ContentDecoder(AnalyzerOptions.newBuilder().build())
        .decode(ByteRope.of(Bytes.wrap(bytes, 0, bytes.length)), Long.MAX_VALUE, List.of(coding))
        .content()
        .toBytes()
        .toLatin1();
  }

  @Test
  void export_plainMessages_addsNothing() throws IOException {
    Path capture =
        capture(
            OPENING
                + GET
                + "<< HTTP/1.1 200 OK\\r\\nContent-Type: text/plain\\r\\nContent-Length: 2\\r\\n\\r\\nok\nclose\n");
    assertThat(HarRounds.export(capture, true)).doesNotContain("\"head\"", "coded_body");
  }

  @Test
  void import_fieldsChangedByHand_followsThem() throws IOException {
    Path capture =
        capture(
            OPENING
                + ">> GET /a HTTP/1.1\\r\\nHost:x\\r\\nX-A:1\\r\\n\\r\\n\n+ 1ms\n"
                + coded(Gzip.of("before".repeat(50).getBytes(UTF_8)))
                + "close\n");
    String archive = HarRounds.export(capture, true);
    assertThat(archive).contains("\"head\"", "coded_body");
    JsonNode root = MAPPER.readTree(archive);
    JsonNode entry = root.at("/log/entries/0");
    ((ObjectNode) entry.at("/request/headers/1")).put("value", "changed");
    ((ObjectNode) entry.at("/response/content")).put("text", "after").put("size", 5);

    JsonNode after =
        HarRounds.entries(HarRounds.export(rounds.imported(root.toString()), true)).get(0);

    assertThat(after.at("/request/headers/1/value").asString()).isEqualTo("changed");
    assertThat(after.at("/response/content/text").asString()).isEqualTo("after");
    assertThat(after.at("/response/headers/0/value").asString()).isEqualTo("gzip");
  }

  @Test
  void import_headTakenOutByHand_isMadeOfTheFields() throws IOException {
    Path capture =
        capture(
            OPENING + GET.replace("Host: x", "Host:x") + "<< HTTP/1.1 204 No\\r\\n\\r\\n\nclose\n");
    JsonNode root = MAPPER.readTree(HarRounds.export(capture, true));
    ArrayNode headers = (ArrayNode) root.at("/log/entries/0/request/headers");
    headers.addObject().put("name", "X-New").put("value", "1");
    String after = HarRounds.export(rounds.imported(root.toString()), true);
    assertThat(HarRounds.entries(after).at("/0/request/headers/1/name").asString())
        .isEqualTo("X-New");
    assertThat(after).doesNotContain("\"head\"");
  }

  private Path capture(String script) throws IOException {
    Path capture = folder.resolve("capture.tape");
    Files.deleteIfExists(capture);
    EventScript.parse(script).writeTo(capture);
    return capture;
  }

  private static String coded(byte[] body) {
    return "<< HTTP/1.1 200 OK\\r\\nContent-Encoding: gzip\\r\\nContent-Type: application/json\\r\\n"
        + "Content-Length: "
        + body.length
        + "\\r\\n\\r\\n\n"
        + line("<<", Bytes.wrap(body, 0, body.length));
  }

  private static String line(String direction, Bytes bytes) {
    StringBuilder text = new StringBuilder(direction).append(' ');
    for (byte b : bytes.toArray()) {
      text.append(String.format("\\x%02x", b));
    }
    return text.append("\n+ 1ms\n").toString();
  }

  /** Gives it a name of a file (RFC 1952, section 2.3.1). */
  private static byte[] named(byte[] gzip) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(gzip, 0, 3);
    out.write(8);
    out.write(gzip, 4, 6);
    out.writeBytes((SECRET + "\0").getBytes(UTF_8));
    out.write(gzip, 10, gzip.length - 10);
    return out.toByteArray();
  }
}
