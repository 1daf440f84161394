// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Where a capture goes. */
final class OutputFile {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private OutputFile() {}

  /**
   * Returns the capture's path: in a folder, a name made of host and time.
   *
   * @throws CommandFailure when nothing can be written there
   */
  static Path resolve(String output, String hostName, Instant now) throws CommandFailure {
    checkNamed(output);
    if (output.equals("-")) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "a capture cannot go to standard output: captures are completed by renaming, name a file");
    }
    Path path = Path.of(output);
    if (Files.isDirectory(path) || output.endsWith("/")) {
      if (!Files.isDirectory(path)) {
        throw new CommandFailure(
            ExitCode.IO, "no such folder: " + output + ": make it, or name a file");
      }
      return path.resolve(hostPart(hostName) + "-" + STAMP.format(now) + ".tape");
    }
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new CommandFailure(
          ExitCode.IO, "no such folder: " + folder + ": make it, or write elsewhere");
    }
    if (!Files.isWritable(folder)) {
      throw new CommandFailure(
          ExitCode.IO, "cannot write to folder " + folder + ": choose another, or change its mode");
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new CommandFailure(
          ExitCode.IO,
          "not a regular file: " + output + ": captures are completed by renaming, name a file");
    }
    return path;
  }

  /**
   * Returns what the files of a rotated recording are named after: in a folder, the host.
   *
   * @throws CommandFailure when nothing can be written there
   */
  static Path resolveSeries(String output, String hostName) throws CommandFailure {
    checkNamed(output);
    Path folder = Path.of(output);
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new CommandFailure(
          ExitCode.USAGE, "not a folder: " + output + ": files that rotate need one, as -o DIR");
    }
    if (!Files.isDirectory(folder)) {
      throw new CommandFailure(ExitCode.IO, "no such folder: " + output + ": make it");
    }
    if (!Files.isWritable(folder)) {
      throw new CommandFailure(
          ExitCode.IO, "cannot write to folder " + folder + ": choose another, or change its mode");
    }
    return folder.resolve(hostPart(hostName) + ".tape");
  }

  /** A variable that is not set would make it the current folder. */
  private static void checkNamed(String output) throws CommandFailure {
    if (output.isEmpty()) {
      throw new CommandFailure(
          ExitCode.USAGE, "--output is empty: name a file, or a folder ('.' for this one)");
    }
  }

  private static String hostPart(String hostName) {
    return hostName.isEmpty() ? "capture" : hostName.replaceAll("[^A-Za-z0-9._-]", "_");
  }

  /**
   * Moves what an earlier recording left under the names that a new one needs, as perf-record(1)
   * does: a capture to {@code NAME.old}, what a killed recorder left to {@code NAME.partial.old}.
   *
   * @return the new names, for the user
   * @throws IOException when it cannot be moved
   */
  static java.util.List<Path> moveEarlier(Path capture) throws IOException {
    java.util.List<Path> moved = new java.util.ArrayList<>();
    for (String suffix : new String[] {"", ".partial"}) {
      Path earlier = capture.resolveSibling(capture.getFileName() + suffix);
      if (Files.exists(earlier)) {
        Path old = capture.resolveSibling(capture.getFileName() + suffix + ".old");
        Files.move(earlier, old, StandardCopyOption.REPLACE_EXISTING);
        moved.add(old);
      }
    }
    return moved;
  }
}
