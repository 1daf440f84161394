// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A real program started by a test: its output goes to files, and it is ended by its own process
 * id.
 *
 * <p><b>Lifecycle:</b> running from {@link #start} on; {@link #close} terminates it, and kills it
 * when it does not listen.
 *
 * <p><b>Threads:</b> the test's thread only.
 */
final class RunningProgram implements AutoCloseable {
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

  private final List<String> command;
  private final Process process;
  private final Path standardOutput;
  private final Path standardError;

  private RunningProgram(
      List<String> command, Process process, Path standardOutput, Path standardError) {
    this.command = command;
    this.process = process;
    this.standardOutput = standardOutput;
    this.standardError = standardError;
  }

  /** Starts the command; {@code directory/name.out} and {@code name.err} take its output. */
  static RunningProgram start(Path directory, String name, List<String> command)
      throws IOException {
    Path out = directory.resolve(name + ".out");
    Path err = directory.resolve(name + ".err");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    return new RunningProgram(List.copyOf(command), process, out, err);
  }

  /** Runs the command to its end and returns its exit code and output. */
  static Result run(Path directory, String name, List<String> command)
      throws IOException, InterruptedException {
    try (RunningProgram program = start(directory, name, command)) {
      int exitCode = program.awaitExit();
      return new Result(exitCode, program.standardOutput(), program.standardError());
    }
  }

  /**
   * What a finished program left.
   *
   * @param exitCode as the shell shows it
   * @param output everything on standard output
   * @param errors everything on standard error
   */
  record Result(int exitCode, String output, String errors) {}

  long pid() {
    return process.pid();
  }

  String standardOutput() throws IOException {
    return Files.readString(standardOutput, StandardCharsets.UTF_8);
  }

  String standardError() throws IOException {
    return Files.readString(standardError, StandardCharsets.UTF_8);
  }

  /** Waits for {@code ready PORT} on standard output and returns the port. */
  int awaitReadyPort() {
    String line = awaitLine(standardOutput, "ready ");
    return Integer.parseInt(line.substring("ready ".length()).strip());
  }

  /** Waits for a line on standard error that begins with the prefix, and returns it. */
  String awaitErrorLine(String prefix) {
    return awaitLine(standardError, prefix);
  }

  private String awaitLine(Path output, String prefix) {
    return await("a line \"" + prefix + "\" of " + command)
        .atMost(LONGEST_WAIT)
        .pollInterval(Duration.ofMillis(10))
        .failFast(
            "it ended without that line",
            () -> !process.isAlive() && lineWith(output, prefix).isEmpty())
        .until(() -> lineWith(output, prefix), Optional::isPresent)
        .orElseThrow();
  }

  private static Optional<String> lineWith(Path output, String prefix) throws IOException {
    String text = Files.readString(output, StandardCharsets.UTF_8);
    // Only whole lines: what follows the last line end may still be growing.
    return text.substring(0, text.lastIndexOf('\n') + 1)
        .lines()
        .filter(line -> line.startsWith(prefix))
        .findFirst();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for the end by itself. */
  int awaitExit() throws InterruptedException {
    return awaitExit(LONGEST_WAIT);
  }

  /** Waits that long for the end by itself. */
  int awaitExit(Duration longestWait) throws InterruptedException {
    if (!process.waitFor(longestWait.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("still running after " + longestWait + ": " + command);
    }
    return process.exitValue();
  }

  /** Sends SIGTERM and waits for the end. */
  int terminate() throws InterruptedException {
    process.destroy();
    return awaitExit();
  }

  /** Sends SIGKILL and waits for the end. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    awaitExit();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        awaitExit(); // it may still write into the folder that is deleted next
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
