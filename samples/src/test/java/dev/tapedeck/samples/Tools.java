// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Runs the three launchers as a user would. */
final class Tools {
  private final Path directory;

  /**
   * @param directory where the tools' output goes
   */
  Tools(Path directory) {
    this.directory = directory;
  }

  Path capture() {
    return directory.resolve("capture.tape");
  }

  Path partialCapture() {
    return directory.resolve("capture.tape.partial");
  }

  /** Starts a recording into {@link #capture()} and returns when everything is attached. */
  RunningProgram startRecorder(String... options) throws IOException {
    RunningProgram recorder = RunningProgram.start(directory, "recorder", recordCommand(options));
    recorder.awaitErrorLine("recording");
    return recorder;
  }

  /** Runs a recording that ends by itself. */
  RunningProgram.Result record(String... options) throws IOException, InterruptedException {
    return RunningProgram.run(directory, "recorder", recordCommand(options));
  }

  private List<String> recordCommand(String... options) {
    List<String> command =
        new ArrayList<>(
            List.of(Repository.launcher("recorder"), "record", "-o", capture().toString()));
    command.addAll(List.of(options));
    return command;
  }

  /** Ends a recording the way a user does and asserts that it went well. */
  void finish(RunningProgram recorder) throws IOException, InterruptedException {
    assertThat(recorder.terminate()).as(recorder.standardError()).isZero();
    assertThat(capture()).exists();
    assertThat(partialCapture()).doesNotExist();
  }

  /** Returns the exchanges of the capture, all bodies as digests; asserts exit code 0. */
  List<JsonNode> exchanges(String... options) throws IOException, InterruptedException {
    RunningProgram.Result result = analyzeExchanges(capture(), options);
    assertThat(result.exitCode()).as(result.errors()).isZero();
    return DigestLog.lines(result.output());
  }

  /** Runs {@code analyzer exchanges}, whatever comes of it. */
  RunningProgram.Result analyzeExchanges(Path capture, String... options)
      throws IOException, InterruptedException {
    return analyzer(
        Stream.concat(
                Stream.of(
                    "exchanges", capture.toString(), "--format", "ndjson", "--bodies", "sha256"),
                Stream.of(options))
            .toArray(String[]::new));
  }

  RunningProgram.Result analyzer(String... arguments) throws IOException, InterruptedException {
    return run("analyzer", arguments);
  }

  RunningProgram.Result replayer(String... arguments) throws IOException, InterruptedException {
    return run("replayer", arguments);
  }

  private RunningProgram.Result run(String tool, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Repository.launcher(tool)));
    command.addAll(List.of(arguments));
    return RunningProgram.run(directory, tool + "-" + arguments[0], command);
  }
}
