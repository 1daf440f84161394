// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What was captured reaches the terminal as text, whatever it is: no command passes a control on.
 */
final class HostileTextTest {
  /**
   * Window title by OSC, a question by CSI in C0 and C1, bell, backspace, right-to-left override.
   */
  private static final String CONTROLS = "\u001b]0;owned\u0007\u001b[6n\u009b6n\b\u202e\u2066";

  @TempDir Path folder;

  /** The script's way to write bytes; in heads of HTTP a line may hold all but CR, LF and NUL. */
  private static String escaped(String text) {
    StringBuilder script = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean plain = b > ' ' && b <= '~' && b != '\\';
      script.append(plain ? String.valueOf((char) b) : String.format("\\x%02x", b & 0xff));
    }
    return script.toString();
  }

  /** Controls that stand in strings of JSON as they are: all but those of C0. */
  private static String json(String head) {
    String controls = "\u007f\u009b6n\u009d0;owned\u009c\u202e\u2066\ue000\u200b";
    String body = "{\"a" + controls + "\":[\"" + controls + "\",{\"b\":\"\\u001b[6n\"}]}";
    return head
        + "\r\nContent-Type: application/json"
        + controls
        + "\r\nContent-Length: "
        + body.getBytes(StandardCharsets.UTF_8).length
        + "\r\n\r\n"
        + body;
  }

  private Path capture() throws Exception {
    String body = "{\"text\":\"" + CONTROLS + "\"}\n" + CONTROLS;
    String request =
        "POST /a"
            + CONTROLS
            + "?q="
            + CONTROLS
            + " HTTP/1.1\r\nHost: x.example\r\nX-A"
            + CONTROLS
            + ": 1\r\nX-B: v"
            + CONTROLS
            + "\r\nContent-Length: "
            + body.getBytes(StandardCharsets.UTF_8).length
            + "\r\n\r\n"
            + body;
    String response =
        "HTTP/1.1 200 Fine"
            + CONTROLS
            + "\r\nContent-Type: text/plain"
            + CONTROLS
            + "\r\nSet-Cookie: a="
            + CONTROLS
            + "\r\nContent-Length: "
            + body.getBytes(StandardCharsets.UTF_8).length
            + "\r\n\r\n"
            + body;
    Path file = folder.resolve("hostile.tape");
    EventScript.parse(
            "@ plain server 10.0.0.2:80 <- 10.0.0.1:40001\n>> "
                + escaped(request)
                + "\n+ 1ms\n<< "
                + escaped(response)
                + "\n>> "
                + escaped(json("POST /json HTTP/1.1\r\nHost: x.example"))
                + "\n<< "
                + escaped(json("HTTP/1.1 200 OK"))
                + "\nclose\n")
        .writeTo(file);
    return file;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "info FILE",
        "sessions FILE",
        "sessions FILE --format json",
        "exchanges FILE",
        "exchanges FILE --format ndjson --bodies text",
        "show FILE 1.1",
        "show FILE 1.1 --why --color always",
        "show FILE 1.1 --color always --raw",
        "show FILE 1.2 --color always",
        "show FILE 1.2 --color always --max-body 30",
        "show FILE 1",
        "dump FILE",
        "cat FILE",
        "doctor FILE",
        "scan FILE",
        "stats FILE",
        "stats FILE --by host",
        "export har FILE -o - --include-secrets",
        "export openapi FILE -o - --include-secrets",
        "export curl FILE -o - --include-secrets",
        "export k6 FILE -o - --include-secrets",
      })
  void command_capturedControls_printsNone(String command) throws Exception {
    assertHarmless(command.split(" ", -1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"table", "csv", "json", "ndjson"})
  void query_capturedControls_printsNone(String format) throws Exception {
    assertHarmless(
        "query", "FILE", "SELECT target, response_content_type FROM exchanges", "--format", format);
  }

  @Test
  void error_namesFromTheCommandLine_printsNone() {
    CliRun run = CliRun.of("info", folder.resolve("no" + CONTROLS).toString());
    assertThat(run.exitCode()).isEqualTo(ExitCode.IO);
    assertClean(run.err());
  }

  private void assertHarmless(String... command) throws Exception {
    String file = capture().toString();
    List<String> arguments = new ArrayList<>();
    for (String argument : command) {
      arguments.add(argument.equals("FILE") ? file : argument);
    }
    CliRun run = CliRun.of(arguments.toArray());
    assertThat(run.exitCode()).as(run.err()).isLessThan(2);
    assertThat(run.out()).isNotEmpty();
    assertClean(run.out());
    assertClean(run.err());
  }

  /** Colours are the command's own: only what stands in them is looked at. */
  private static void assertClean(String text) {
    String bare = text.replaceAll("\u001b\\[[0-9;]*m", "");
    assertThat(bare.replace("\u001b", "ESC")).doesNotContain("ESC]", "ESC[");
    assertThat(bare.codePoints().filter(HostileTextTest::isControl).boxed()).isEmpty();
  }

  private static boolean isControl(int c) {
    return (c < ' ' && c != '\n' && c != '\t')
        || (c >= 0x7f && c <= 0x9f)
        || (c >= 0x202a && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069);
  }
}
