// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.List;

/** Where a command that makes captures puts them, and how they are named inside. */
final class CaptureOutput {
  private static final String OLD_SUFFIX = ".old";

  /** What other commands take for it. A file of that name is {@code ./-}. */
  private static final Path STANDARD_OUTPUT = Path.of("-");

  private CaptureOutput() {}

  /** Returns what made the files, for their headers. */
  static String producer() throws IOException {
    return "tapedeck-analyzer " + VersionProvider.version();
  }

  /** Returns 16 random bytes that name a file. */
  static Bytes newFileId() {
    byte[] id = new byte[CaptureHeader.FILE_ID_BYTES];
    new SecureRandom().nextBytes(id);
    return Bytes.wrap(id, 0, id.length);
  }

  /**
   * Checks that a capture can be made under that name, and moves what has it to {@code NAME.old},
   * as the recorder does.
   *
   * @param inputs captures that are read, and must not be replaced
   * @throws CommandFailure when the name is an input's, or cannot be a file's
   */
  static void prepare(AnalyzerCommand root, Path target, List<Path> inputs) throws IOException {
    if (target.equals(STANDARD_OUTPUT)) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "a capture cannot go to standard output",
          target.toString(),
          "captures are completed by renaming, name a file");
    }
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new NoSuchFileException(String.valueOf(folder));
    }
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      throw new CommandFailure(
          ExitCode.IO,
          "not a regular file",
          target.toString(),
          "captures are completed by renaming, name a file");
    }
    for (Path input : inputs) {
      if (Files.exists(target) && Files.isSameFile(input, target)) {
        throw new CommandFailure(
            ExitCode.USAGE, "would replace the capture", input.toString(), "name another --output");
      }
    }
    for (String suffix : List.of("", Captures.UNFINISHED_SUFFIX)) {
      Path earlier = target.resolveSibling(target.getFileName() + suffix);
      if (Files.exists(earlier)) {
        for (Path input : inputs) {
          if (Files.isSameFile(input, earlier)) {
            throw new CommandFailure(
                ExitCode.USAGE,
                "the copy would be written as the capture",
                input.toString(),
                "name another --output, such as " + DoctorAdvice.copyOf(input));
          }
        }
        Path old = target.resolveSibling(target.getFileName() + suffix + OLD_SUFFIX);
        Files.move(earlier, old, StandardCopyOption.REPLACE_EXISTING);
        root.warn("moved " + earlier + " to " + old);
      }
    }
  }

  /** Removes what is not whole when SIGINT or SIGTERM ends the process without closing anything. */
  static void removeUnfinishedOnExit(Path target) {
    target
        .resolveSibling(target.getFileName() + Captures.UNFINISHED_SUFFIX)
        .toFile()
        .deleteOnExit();
  }
}
