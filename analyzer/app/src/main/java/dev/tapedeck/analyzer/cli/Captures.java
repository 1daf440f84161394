// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.format.CaptureAccess;
import dev.tapedeck.format.CaptureFollower;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.DamageKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Opens captures with errors that say what to do. */
final class Captures {
  /** What stands behind the name of a capture that is not finished. */
  static final String UNFINISHED_SUFFIX = ".partial";

  private Captures() {}

  /** Fails before any output when one of the files cannot be a readable capture. */
  static void check(List<Path> files) throws IOException {
    for (Path file : files) {
      if (!Files.exists(file)) {
        throw new NoSuchFileException(file.toString());
      } else if (Files.isDirectory(file)) {
        throw new CommandFailure(
            ExitCode.IO, "is a directory", file.toString(), "name the .tape files in it");
      } else if (!Files.isRegularFile(file)) {
        throw new CommandFailure(
            ExitCode.IO,
            "is no regular file",
            file.toString(),
            "captures are read more than once, so save it to a file first");
      } else if (Files.size(file) == 0) {
        throw new CommandFailure(
            ExitCode.IO, "is no capture", file.toString(), "the file is empty; record again");
      }
    }
  }

  /** Returns whether the name stands for standard input, as it does for other tools. */
  static boolean isStandardInput(Path file) {
    return file.toString().equals("-") && !Files.exists(file);
  }

  /** Fails when an output would take the place of a capture that it is made from. */
  static void refuseToReplace(List<Path> files, Path output) throws IOException {
    for (Path file : files) {
      if (Files.exists(output) && Files.isSameFile(file, output)) {
        throw new CommandFailure(
            ExitCode.USAGE, "would replace the capture", file.toString(), "name another --output");
      }
    }
  }

  /** Opens a capture, with the keys that the user named. */
  static CaptureReader open(AnalyzerCommand root, Path file, boolean strict) throws IOException {
    return CaptureReader.open(file, root.readerOptions(strict));
  }

  /** Opens a capture whose payload is wanted, which takes the keys to all of it. */
  static CaptureReader openWhole(AnalyzerCommand root, Path file, boolean strict)
      throws IOException {
    CaptureReader reader = open(root, file, strict);
    if (reader.access() == CaptureAccess.METADATA) {
      reader.close();
      throw new CommandFailure(
          ExitCode.IO,
          "is encrypted, the key opens metadata only, and HTTP is payload",
          file.toString(),
          "name a key that opens payload with --identity, or use info and dump");
    }
    return reader;
  }

  /** Opens a capture that is being written. */
  static CaptureFollower follow(AnalyzerCommand root, Path file, boolean strict)
      throws IOException {
    if (isStandardInput(file) || (Files.exists(file) && !Files.isRegularFile(file))) {
      // An empty file may still become a capture; a folder, pipe or device never will.
      check(List.of(file));
    }
    return CaptureFollower.open(file, root.readerOptions(strict));
  }

  /** Returns whether the name says that the file is still being written, or never was finished. */
  static boolean isUnfinished(Path file) {
    return file.toString().endsWith(UNFINISHED_SUFFIX);
  }

  /**
   * Returns whether damage is a reason for exit code 1: an unfinished file may end inside a block,
   * which is how it looks while it is written.
   */
  static boolean counts(Path file, Damage damage) {
    return !(damage.kind() == DamageKind.TRUNCATED && isUnfinished(file));
  }

  /**
   * Warns when a file that carries its final name ends between two records before its trailer: no
   * record is damaged, and yet events may be missing.
   *
   * @param reader of the file, which was read to its end
   * @param damaged whether that was told of the file already
   * @return whether the file was cut so
   */
  static boolean tellsCut(AnalyzerCommand root, Path file, CaptureReader reader, boolean damaged)
      throws IOException {
    return !damaged
        && !isUnfinished(file)
        && tellsCut(root, file, reader.summary().complete(), false);
  }

  /**
   * Warns in the same way of a file of which it is known whether its trailer was found.
   *
   * @param damaged whether that was told of the file already
   * @return whether the file was cut so
   */
  static boolean tellsCut(AnalyzerCommand root, Path file, boolean complete, boolean damaged)
      throws IOException {
    if (damaged || isUnfinished(file) || complete) {
      return false;
    }
    root.warn(
        "damage: "
            + file
            + ": offset "
            + Files.size(file)
            + ": the file ends without a trailer; an unknown number of events lost");
    return true;
  }

  /** Returns a line that says what is damaged. */
  static String describe(Path file, Damage damage) {
    return "damage: "
        + file
        + ": offset "
        + damage.offset()
        + ", "
        + damage.lengthBytes()
        + " bytes: "
        + damage.reason()
        + "; "
        + lostEvents(damage);
  }

  /** Returns how many events the damage took, where that is known. */
  static String lostEvents(Damage damage) {
    String lost =
        damage.lostEvents() < 0 ? "an unknown number of" : Long.toString(damage.lostEvents());
    return lost + " events lost";
  }
}
