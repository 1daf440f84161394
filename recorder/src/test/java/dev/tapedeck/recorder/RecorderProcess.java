// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;

/** The recorder as a process of its own, whose memory and CPU time are not those of the tests. */
final class RecorderProcess implements AutoCloseable {
  private static final long END_SECONDS = 60;

  private final Process process;
  private final Path errors;

  private RecorderProcess(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
  }

  /** What became of it. Its standard output is in the file {@code output} of the folder. */
  record Ended(int exitCode, String errors) {
    /** Returns the last line of the errors. */
    String lastErrorLine() {
      List<String> lines = errors.lines().toList();
      return lines.get(lines.size() - 1);
    }
  }

  /**
   * Runs the recorder to its end.
   *
   * @param folder where its output goes
   * @param before a command that runs it, such as one that takes something away from it
   */
  static Ended run(Path folder, List<String> before, List<String> jvmOptions, String... arguments)
      throws IOException, InterruptedException {
    try (RecorderProcess recorder = launch(folder, before, jvmOptions, arguments)) {
      return recorder.ended();
    }
  }

  /**
   * Starts a recording and returns when everything is attached.
   *
   * @param folder where its output goes
   */
  static RecorderProcess start(Path folder, String... arguments) throws IOException {
    RecorderProcess recorder = launch(folder, List.of(), List.of(), arguments);
    try {
      await()
          .atMost(Duration.ofSeconds(END_SECONDS))
          .pollInterval(Duration.ofMillis(20))
          .until(
              () ->
                  !recorder.process.isAlive()
                      || recorder.errors().lines().anyMatch(l -> l.startsWith("recording")));
    } catch (ConditionTimeoutException e) {
      recorder.close();
      throw new IOException("recorder does not begin: " + recorder.errors(), e);
    }
    if (!recorder.process.isAlive()) {
      throw new IOException("recorder has ended: " + recorder.errors());
    }
    return recorder;
  }

  private static RecorderProcess launch(
      Path folder, List<String> before, List<String> jvmOptions, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    // Java 24 and later warn about native access; what this JVM was told holds for its child.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--enable-native-access"))
        .forEach(command::add);
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add("dev.tapedeck.recorder.cli.Main");
    command.addAll(List.of(arguments));
    Path errors = folder.resolve("errors");
    Process process =
        new ProcessBuilder(command)
            .redirectError(errors.toFile())
            .redirectOutput(folder.resolve("output").toFile())
            .start();
    return new RecorderProcess(process, errors);
  }

  /** Ends the recording by a signal. */
  Ended stop() throws IOException, InterruptedException {
    process.destroy();
    return ended();
  }

  private Ended ended() throws IOException, InterruptedException {
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException("recorder does not end: " + errors());
    }
    return new Ended(process.exitValue(), errors());
  }

  private String errors() throws IOException {
    return Files.readString(errors, StandardCharsets.UTF_8);
  }

  /** Kills it if it still runs. */
  @Override
  public void close() {
    process.destroyForcibly();
  }
}
