// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.export.SchemaCheck;
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

  /** Returns the entries without what is our own, and without the number of their connection. */
  private static List<String> entries(String archive) {
    List<String> entries = new ArrayList<>();
    for (JsonNode entry : MAPPER.readTree(archive).at("/log/entries")) {
      ((ObjectNode) entry).remove(List.of("_tapedeck", "connection"));
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
  void har_gapsAndHostileHeads_goRoundButForTheCauseOfTheGapAndEscapesInTheUrl()
      throws IOException {
    Path capture = TestCaptures.shop(folder);
    String before = export(capture);
    String after = export(imported(before));
    assertThat(entries(after.replace("recorder_cap", "gap").replace(": 48,", ": 46,")))
        .isEqualTo(entries(before));
  }
}
