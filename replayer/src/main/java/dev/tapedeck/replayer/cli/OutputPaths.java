// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds out before anything is sent whether reports can be written: a replay should not end without
 * its report because of a typing error.
 */
final class OutputPaths {
  private final List<Path> captures;
  private final List<Path> files = new ArrayList<>();

  OutputPaths(List<Path> captures) {
    this.captures = captures;
  }

  /**
   * Checks a file that is going to be written.
   *
   * @param option that named it
   * @throws CommandFailure when it cannot be written, or is another one of the command's files
   */
  void file(String option, @Nullable Path file) throws IOException {
    if (file == null) {
      return;
    }
    for (Path capture : captures) {
      if (Files.exists(file) && Files.exists(capture) && Files.isSameFile(capture, file)) {
        throw new CommandFailure(
            ExitCode.USAGE, option + " " + file + " would replace the capture: name another file");
      }
    }
    Path absolute = file.toAbsolutePath().normalize();
    if (files.contains(absolute)) {
      throw new CommandFailure(
          ExitCode.USAGE, option + " " + file + " is named twice: name another file");
    }
    files.add(absolute);
    if (Files.isDirectory(file)) {
      throw new CommandFailure(
          ExitCode.IO, option + " " + file + " is a folder: name a file in it");
    }
    folder(option, absolute.getParent());
  }

  /** Checks a folder that is going to be made, unless there is one. */
  void folderToMake(String option, @Nullable Path folder) throws IOException {
    if (folder == null) {
      return;
    }
    Path existing = folder.toAbsolutePath().normalize();
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    folder(option, existing);
  }

  private static void folder(String option, @Nullable Path folder) throws IOException {
    if (folder == null || !Files.isDirectory(folder)) {
      throw new CommandFailure(
          ExitCode.IO, option + ": no such folder: " + folder + ": make it, or name another one");
    }
    if (!Files.isWritable(folder)) {
      throw new CommandFailure(
          ExitCode.IO, option + ": cannot write to folder " + folder + ": check its permissions");
    }
  }
}
