// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.export.Golden;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.Gzip;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code show} gives a person, and what a program. */
final class ShowCommandTest {
  private static final String JSON =
      "{\"id\":12.50,\"name\":\"J\\u00fcrgen \u8a9e\",\"tags\":[],\"paid\":true,\"lines\":"
          + "[{\"sku\":\"a\\\"b\",\"n\":2},{\"sku\":\"c\",\"n\":1e3}],\"note\":null}";

  @TempDir Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void writeCapture() throws IOException {
    byte[] json = JSON.getBytes(StandardCharsets.UTF_8);
    byte[] image = new byte[3000];
    for (int i = 0; i < image.length; i++) {
      image[i] = (byte) i;
    }
    file = folder.resolve("show.tape");
    EventScript.parse(
            ">> "
                + message("POST /orders HTTP/1.1", "application/json", "", json)
                + "\n<< "
                + message("HTTP/1.1 201 Created", "application/json", "gzip", Gzip.of(json))
                + "\n>> GET /logo.png HTTP/1.1\\r\\n\\r\\n\n<< "
                + message("HTTP/1.1 200 OK", "image/png", "", image)
                + "\n>> GET /old HTTP/1.1\\r\\n\\r\\n\n<< "
                + message(
                    "HTTP/1.1 500 Oops",
                    "text/html; charset=iso-8859-1",
                    "",
                    "<p>Gr\u00fc\u00dfe</p>".getBytes(StandardCharsets.ISO_8859_1))
                + "\n>> GET /half HTTP/1.1\\r\\n\\r\\n\n<< HTTP/1.1 200 OK\\r\\n"
                + "content-type: application/json\\r\\ncontent-length: 900\\r\\n\\r\\n"
                + "{\"a\":[1,2,{\"b\":\"no en\nclose\n")
        .writeTo(file);
  }

  private static String message(String start, String type, String coding, byte[] body) {
    StringBuilder text = new StringBuilder(start);
    text.append("\\r\\ncontent-type: ").append(type);
    if (!coding.isEmpty()) {
      text.append("\\r\\ncontent-encoding: ").append(coding);
    }
    text.append("\\r\\ncontent-length: ").append(body.length).append("\\r\\n\\r\\n");
    return text.append(EventScript.escaped(body)).toString();
  }

  @ParameterizedTest
  @CsvSource({
    "show-terminal-json.txt, 1.1",
    "show-terminal-image.txt, 1.2",
    "show-terminal-html.txt, 1.3",
    "show-terminal-half.txt, 1.4",
  })
  void show_terminal_bodiesLaidOutAndColoured(String golden, String id) throws IOException {
    CliRun run = CliRun.onTerminal("show", file, id);
    // Some editors and diffs hide the escape character.
    Golden.assertMatches("cli/" + golden, run.out().replace("\u001b", "\\e"));
  }

  @Test
  void show_noTerminal_bodiesAsTheyWere() {
    CliRun run = CliRun.of("show", file, "1.1");
    assertThat(run.out().lines().filter(line -> line.startsWith("{")))
        .hasSize(2)
        .allMatch(JSON::equals);
    assertThat(CliRun.of("show", file, "1.2").out()).contains("\n00000bb0  ");
    assertThat(CliRun.onTerminal("show", file, "1.2", "--raw").out()).contains("\n00000bb0  ");
    assertThat(CliRun.onTerminal("show", file, "1.1", "--raw", "--color", "never").out())
        .isEqualTo(run.out());
  }

  @Test
  void show_idBeforeFile_saysThatTheFileComesFirst() {
    CliRun run = CliRun.of("show", "1.1", file);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .hasLineCount(1)
        .contains("the file comes first", "analyzer show " + file + " 1.1");
  }

  @Test
  void show_colorAlways_asOnTerminal() {
    assertThat(CliRun.of("show", file, "1.1", "--color", "always").out())
        .isEqualTo(CliRun.onTerminal("show", file, "1.1").out());
    assertThat(CliRun.onTerminal("show", file, "1.1", "--color", "never").out())
        .doesNotContain("\u001b")
        .contains("\n  \"id\": 12.50,\n");
  }

  @Test
  void show_longBody_cutAndToldHowToSeeTheRest() {
    assertThat(CliRun.onTerminal("show", file, "1.1", "--max-body", "40", "--color", "never").out())
        .contains(
            "\n  \"tags\n[122 bytes; the first 40 bytes are shown: --max-body SIZE for more]\n",
            "\n[122 bytes; 124 bytes as it was sent, gzip; the first 40 bytes are shown: --max-body"
                + " SIZE for more]\n");
  }
}
