// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import dev.tapedeck.replayer.RawServer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Equal requests of a capture that were answered differently show what is noise. */
final class RepeatsTest {
  private static final String OTHER = "0d1e2f30-1111-4222-8333-444455556666";

  @TempDir private Path directory;

  private static String answer(String id, int stock) {
    String body = "{\"trace\":" + id + ",\"stock\":" + stock + "}";
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private JsonNode run(String id, int stock, String between, String... more) throws Exception {
    String get = ">> GET /a HTTP/1.1\\r\\nHost: a.example\\r\\n\\r\\n\n";
    String first = answer("\"923e4567-e89b-42d3-a456-426614174000\"", 7);
    String second = answer("\"123e4567-e89b-42d3-a456-426614174000\"", 7);
    Path capture = directory.resolve("repeats.tape");
    EventScript.parse(
            get
                + "<< "
                + EventScript.escaped(first)
                + "\n"
                + between
                + get
                + "<< "
                + EventScript.escaped(second))
        .writeTo(capture);
    try (RawServer server = new RawServer(RawServer.always(answer(id, stock)))) {
      String[] words =
          Stream.concat(
                  Stream.of(
                      "run",
                      capture.toString(),
                      "--target",
                      "http://127.0.0.1:" + server.port(),
                      "--pace",
                      "max",
                      "--format",
                      "json"),
                  Arrays.stream(more))
              .toArray(String[]::new);
      Ran ran = Ran.command(words);
      assertThat(ran.code()).isLessThan(2);
      return ran.json();
    }
  }

  @Test
  void run_valueThatRepeatsShowToChange_isCheckedByTypeAndListed() throws Exception {
    JsonNode report = run("\"" + OTHER + "\"", 7, "");
    assertThat(report.get("equal").asInt()).isEqualTo(2);
    assertThat(report.at("/noise/0/rule").asString())
        .isEqualTo("volatile $.trace as uuid of GET /a");
    assertThat(report.at("/noise/0/applied").asInt()).isEqualTo(2);
  }

  @Test
  void run_breakOfThatValueOrOfAnother_isReported() throws Exception {
    assertThat(run("null", 7, "").at("/groups/0/path").asString()).isEqualTo("$.trace");
    assertThat(run("\"" + OTHER + "\"", 8, "").at("/groups/0/path").asString())
        .isEqualTo("$.stock");
  }

  @Test
  void run_withoutRepeatsOrWithAChangeBetween_comparesTheValue() throws Exception {
    assertThat(run("\"" + OTHER + "\"", 7, "", "--no-repeats").get("different").asInt())
        .isEqualTo(2);
    String change =
        """
        >> POST /a HTTP/1.1\\r\\nHost: a.example\\r\\nContent-Length: 0\\r\\n\\r\\n
        << HTTP/1.1 204 No Content\\r\\n\\r\\n
        """;
    assertThat(run("\"" + OTHER + "\"", 7, change).get("different").asInt()).isEqualTo(2);
  }
}
