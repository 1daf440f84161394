// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the recorder as a process of its own. */
final class RecorderProcess {
  private RecorderProcess() {}

  /** What became of it. Its standard output is in the file {@code output} of the folder. */
  record Ended(int exitCode, String errors) {}

  /**
   * Runs the recorder to its end.
   *
   * @param folder where its output goes
   * @param before a command that runs it, such as one that takes something away from it
   */
  static Ended run(Path folder, List<String> before, List<String> jvmOptions, String... arguments)
      throws IOException, InterruptedException {
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
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("recorder does not end");
    }
    return new Ended(process.exitValue(), Files.readString(errors, StandardCharsets.UTF_8));
  }
}
