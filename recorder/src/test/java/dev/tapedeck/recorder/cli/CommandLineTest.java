// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandLineTest {
  @TempDir Path folder;

  private static Path golden(String name) {
    return Path.of(
        System.getProperty("tapedeck.root"),
        "recorder/src/test/resources/dev/tapedeck/recorder/cli",
        name + ".txt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "record", "targets", "doctor"})
  void help_ofEachCommand_isAsReviewed(String command) throws Exception {
    RecorderRun.Result result =
        command.isEmpty() ? RecorderRun.run("--help") : RecorderRun.run(command, "--help");

    assertThat(result.exitCode()).isZero();
    assertThat(result.errors()).isEmpty();
    Path file = golden("help" + (command.isEmpty() ? "" : "-" + command));
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, result.output());
    }
    assertThat(result.output()).isEqualTo(Files.readString(file));
    assertThat(result.output().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(101));
  }

  @Test
  void version_names_programJavaLibbpfAndKernel() {
    RecorderRun.Result result = RecorderRun.run("--version");

    assertThat(result.exitCode()).isZero();
    assertThat(result.output().lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("recorder "),
            line -> assertThat(line).startsWith("Java "),
            line -> assertThat(line).matches("libbpf (\\d.*|missing)"),
            line -> assertThat(line).startsWith("kernel "));
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        Arguments.of(new String[] {}, "no command given"),
        Arguments.of(new String[] {"record"}, "'--output=FILE|DIR'"),
        Arguments.of(
            new String[] {"record", "-o", "x.tape", "--pid", "4194305"}, "no such process"),
        Arguments.of(new String[] {"record", "-o", "x.tape", "--pid", "abc"}, "abc"),
        Arguments.of(new String[] {"record", "-o", "x.tape", "--exe", "/nowhere"}, "no such file"),
        Arguments.of(
            new String[] {"record", "-o", "x.tape", "--port", "70000"}, "--port 70000: ports are"),
        Arguments.of(
            new String[] {"record", "-o", "x.tape", "--port", "0"}, "--port 0: ports are 1 to"),
        Arguments.of(new String[] {"record", "-o", "x.tape", "--comm", ""}, "--comm '': give"),
        Arguments.of(
            new String[] {"record", "-o", "x.tape", "--max-events", "0"},
            "--max-events 0: needs 1 or more"),
        Arguments.of(
            new String[] {"record", "-o", "x.tape", "--ring-size", "3MiB"}, "power of two"),
        Arguments.of(
            new String[] {"record", "-o", "x.tape", "--ring-size", "1GiB"},
            "--ring-size 1.00 GiB: needs a power of two"),
        Arguments.of(
            new String[] {"record", "-o", "x.tape", "--ring-size", "2KiB"}, "to 512MiB, such as"),
        Arguments.of(new String[] {"record", "-o", "x.tape", "--ring-size", "much"}, "is no size"),
        Arguments.of(new String[] {"record", "-o", "x.tape", "--sample", "0.5"}, "such as 1/100"),
        Arguments.of(new String[] {"record", "-o", "x.tape", "--sample", "1/0"}, "such as 1/100"),
        Arguments.of(new String[] {"record", "-o", "x.tape", "--cpu-limit", "0"}, "such as 5"),
        Arguments.of(new String[] {"record", "-o", "x.tape", "--cpu-limit", "much"}, "such as 5"),
        Arguments.of(
            new String[] {"record", "-o", "x.tape", "--max-bytes-per-connection", "0"},
            "--max-bytes-per-connection 0"),
        Arguments.of(new String[] {"record", "-o", "x.tape", "--duration", "5"}, "is no duration"),
        Arguments.of(new String[] {"record", "-o", "x.tape", "--duration", "0s"}, "no time at all"),
        Arguments.of(new String[] {"record", "-o", "x.tape", "--hooks", "magic"}, "--hooks"),
        Arguments.of(new String[] {"record", "-o", "x.tape", "--sources", "udp"}, "udp"),
        Arguments.of(
            new String[] {"record", "-o", "x.tape", "--encrypt-to", "me"},
            "recipient me is no age"),
        Arguments.of(
            new String[] {"record", "-o", "x.tape", "--encrypt-metadata-to", "me"},
            "--encrypt-metadata-to needs --encrypt-to"),
        Arguments.of(
            new String[] {"record", "-o", ".", "--rotate-size", "1M", "--keep", "0"}, "--keep 0"),
        Arguments.of(new String[] {"targets", "--format", "xml"}, "xml"),
        Arguments.of(new String[] {"rewind"}, "rewind"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void run_mistake_isOneLineAndExitCode2(String[] arguments, String expected) {
    RecorderRun.Result result = RecorderRun.run(arguments);

    assertThat(result.exitCode()).as(result.errors()).isEqualTo(2);
    assertThat(result.output()).isEmpty();
    assertThat(result.errors().lines())
        .singleElement()
        .satisfies(
            line ->
                assertThat(line).startsWith("recorder: ").contains(expected).contains("--help'"));
    assertThat(Path.of("x.tape")).doesNotExist();
    assertThat(Path.of("x.tape.partial")).doesNotExist();
  }

  @Test
  void run_mistakeWithDebug_showsTheStackTrace() {
    RecorderRun.Result result = RecorderRun.run("record", "--debug", "--pid", "4194305");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.errors()).contains("\tat ");
  }

  @Test
  void targets_ndjson_hasEveryField() {
    RecorderRun.Result result = RecorderRun.run("targets", "--format", "ndjson");

    assertThat(result.exitCode()).isZero();
    assertThat(result.output().lines())
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith("{\"pid\":" + ProcessHandle.current().pid() + ",\"comm\":")
                    .contains("\"recordable\":false,\"why_not\":\"the recorder itself\""));
  }

  @Test
  void targets_table_hasHeadings() {
    RecorderRun.Result result = RecorderRun.run("targets");

    assertThat(result.exitCode()).isZero();
    assertThat(result.output()).startsWith("PID ").contains("RECORDABLE");
  }

  @Test
  void doctor_withoutKernelTypes_saysWhatToDoAndFails() {
    RecorderRun.Result result =
        RecorderRun.run("doctor", "--btf", folder.resolve("missing").toString());

    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.output())
        .contains("no  btf")
        .contains("CONFIG_DEBUG_INFO_BTF")
        .contains("this host cannot record");
  }

  @Test
  void doctor_json_isOneObject() {
    RecorderRun.Result result = RecorderRun.run("doctor", "--format", "json");

    assertThat(result.output()).startsWith("{\"can_record\":").contains("\"name\":\"kernel\"");
    assertThat(result.output().lines()).hasSize(1);
  }
}
