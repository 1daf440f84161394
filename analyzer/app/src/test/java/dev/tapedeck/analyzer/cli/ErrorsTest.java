// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.export.Golden;
import dev.tapedeck.analyzer.terminal.StandardOutput;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorsTest {
  @TempDir Path folder;

  @Test
  void errors_allKinds_oneLineAndTheRightCode() throws IOException {
    Files.writeString(folder.resolve("text.tape"), "This is no capture at all.\n".repeat(9));
    Files.createFile(folder.resolve("nothing.tape"));
    TestCaptures.shop(folder);
    List<List<String>> commands =
        List.of(
            List.of(),
            List.of("frobnicate"),
            List.of("exchanges"),
            List.of("exchanges", "--frobnicate", "DIR/shop.tape"),
            List.of("exchanges", "--format", "xml", "DIR/shop.tape"),
            List.of("exchanges", "--sort", "beauty", "DIR/shop.tape"),
            List.of("exchanges", "--limit", "many", "DIR/shop.tape"),
            List.of("exchanges", "--limit", "-1", "DIR/shop.tape"),
            List.of("exchanges", "--width", "-1", "DIR/shop.tape"),
            List.of("dump", "--limit", "99999999999999999999", "DIR/shop.tape"),
            List.of("dump", "--bytes", "-5", "DIR/shop.tape"),
            List.of("exchanges", "DIR/absent.tape"),
            List.of("exchanges", "DIR"),
            List.of("exchanges", "/dev/null"),
            List.of("exchanges", "DIR/nothing.tape"),
            List.of("exchanges", "DIR/text.tape"),
            List.of("info", "DIR/text.tape"),
            List.of("dump", "DIR/text.tape"),
            List.of("show", "DIR/shop.tape", "first"),
            List.of("show", "DIR/shop.tape", "99"),
            List.of("show", "DIR/shop.tape", "1.99"),
            List.of("show", "DIR/shop.tape", "1.1", "--max-body", "much"),
            List.of("export", "DIR/shop.tape"),
            List.of("export", "csv", "DIR/shop.tape"),
            List.of("import", "csv", "DIR/shop.tape", "-o", "DIR/new.tape"),
            List.of("DIR/shop.tape"),
            List.of("export", "--csv", "DIR/shop.tape"),
            List.of("exchanges", "-"),
            List.of("info", "-"),
            List.of("exchanges", "-", "--follow"),
            List.of("export", "har", "DIR/shop.tape"),
            List.of("export", "har", "DIR/shop.tape", "-o", "DIR/absent/x.har"),
            List.of("export", "har", "DIR/shop.tape", "-o", "DIR"),
            List.of("export", "har", "DIR/shop.tape", "-o", "DIR/shop.tape"),
            List.of("recover", "DIR/shop.tape"),
            List.of("recover", "DIR/text.tape", "-o", "DIR/new.tape"),
            List.of("recover", "DIR/shop.tape", "-o", "DIR/shop.tape"),
            List.of("recover", "DIR/shop.tape", "-o", "DIR"),
            List.of("recover", "DIR/shop.tape", "-o", "DIR/absent/new.tape"),
            List.of("split", "DIR/shop.tape", "-o", "DIR"),
            List.of("split", "DIR/shop.tape", "-o", "DIR", "--parts", "0"),
            List.of("split", "DIR/shop.tape", "-o", "DIR", "--parts", "2", "--blocks", "2"),
            List.of("split", "DIR/shop.tape", "-o", "DIR", "--every", "soon"),
            List.of("split", "DIR/shop.tape", "-o", "DIR/absent", "--parts", "2"));
    List<String> results = new ArrayList<>();
    for (List<String> command : commands) {
      Object[] words = command.stream().map(w -> w.replace("DIR", folder.toString())).toArray();
      CliRun run = CliRun.of(words).without(folder);
      assertThat(run.out()).as(command.toString()).isEmpty();
      assertThat(run.err().lines()).as(command.toString()).hasSize(1);
      assertThat(run.err()).startsWith("analyzer: ").doesNotContain("Exception");
      results.add("$ analyzer " + String.join(" ", command));
      results.add(run.err() + "exit code " + run.exitCode() + "\n");
    }
    Golden.assertMatches("cli/errors.txt", String.join("\n", results));
  }

  @Test
  void debug_failure_addsTheStackTrace() {
    CliRun run = CliRun.of("info", folder.resolve("absent.tape"), "--debug");
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err().lines().toList()).hasSizeGreaterThan(2);
    assertThat(run.err()).contains("\tat dev.tapedeck");
  }

  @Test
  void fileName_withControlCharacters_escaped() {
    CliRun run = CliRun.of("info", folder.resolve("\u001b[31mred"));
    assertThat(run.err()).contains("\\x1b[31mred").doesNotContain("\u001b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"exchanges", "sessions", "info", "dump"})
  void closedOutput_anyCommand_quiet(String command) throws IOException {
    CliRun run = CliRun.into(failing("Broken pipe", true), command, TestCaptures.shop(folder));
    assertThat(run.exitCode()).isZero();
    assertThat(run.err().lines().filter(line -> !line.contains("warning"))).isEmpty();
  }

  @Test
  void fullDisk_standardOutput_exitCode3() throws IOException {
    OutputStream full = failing("No space left on device", false);
    CliRun run = CliRun.into(full, "exchanges", TestCaptures.shop(folder), "-q");
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err().lines()).singleElement().asString().contains("No space left on device");
  }

  @Test
  void fullDisk_bufferedStandardOutput_toldOnce() throws IOException {
    OutputStream full = new BufferedOutputStream(failing("No space left on device", false));
    CliRun run = CliRun.into(full, "exchanges", TestCaptures.shop(folder), "-q");
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err().lines()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"exchanges", "sessions", "info", "dump"})
  void captureCut_betweenRecords_exitCode1(String command) throws IOException {
    Path cut = folder.resolve("cut.tape");
    byte[] whole = Files.readAllBytes(TestCaptures.shop(folder));
    // The trailer of 160 bytes is the last record: docs/FORMAT.md, section 3.4.
    Files.write(cut, Arrays.copyOf(whole, whole.length - 160));
    CliRun run = CliRun.of(command, cut);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isNotEmpty();

    Path unfinished = Files.move(cut, folder.resolve("cut.tape.partial"));
    assertThat(CliRun.of(command, unfinished).exitCode()).isZero();
  }

  @Test
  void exportHar_ontoItsInput_leavesTheCapture() throws IOException {
    Path capture = TestCaptures.shop(folder);
    byte[] before = Files.readAllBytes(capture);
    Path link = Files.createSymbolicLink(folder.resolve("link.tape"), capture);
    assertThat(CliRun.of("export", "har", capture, "-o", link).exitCode()).isEqualTo(2);
    assertThat(Files.readAllBytes(capture)).isEqualTo(before);
  }

  @Test
  void memory_exhausted_oneLineAndExitCode3() throws IOException {
    OutputStream greedy =
        new OutputStream() {
          @Override
          public void write(int value) {
            throw new OutOfMemoryError("Java heap space");
          }
        };
    CliRun run = CliRun.into(greedy, "exchanges", TestCaptures.shop(folder), "-q");
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err().lines()).singleElement().asString().contains("out of memory");
  }

  private static OutputStream failing(String message, boolean pipe) {
    return new StandardOutput(
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException(message);
          }
        },
        pipe);
  }
}
