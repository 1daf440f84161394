// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.format.Damage;
import dev.tapedeck.format.DamageKind;
import dev.tapedeck.format.Identities;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.replayer.capture.BodyStore;
import dev.tapedeck.replayer.capture.CaptureLoader;
import dev.tapedeck.replayer.capture.RecordedCapture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Captures that a command was given.
 *
 * @param captures what they hold
 * @param damaged whether a part of one could not be read
 * @param bodies where the bodies of what they hold are
 */
record CaptureInput(List<RecordedCapture> captures, boolean damaged, BodyStore bodies)
    implements AutoCloseable {
  private static final String UNFINISHED_SUFFIX = ".partial";

  static CaptureInput load(SelectOptions options, ReplayerCommand root) throws IOException {
    return load(options.files(), options.readerOptions(), root);
  }

  static CaptureInput load(List<Path> files, ReaderOptions readerOptions, ReplayerCommand root)
      throws IOException {
    BodyStore bodies = BodyStore.ofDefaultSize();
    List<RecordedCapture> captures = new ArrayList<>();
    boolean damaged = false;
    for (Path file : files) {
      if (!Files.exists(file)) {
        throw new NoSuchFileException(file.toString());
      } else if (Files.isDirectory(file)) {
        throw new CommandFailure(
            ExitCode.IO, "is a directory: " + file + ": name the .tape files in it");
      } else if (!Files.isRegularFile(file)) {
        throw new CommandFailure(
            ExitCode.IO, "is no regular file: " + file + ": name a .tape file");
      } else if (Files.size(file) == 0) {
        throw new CommandFailure(
            ExitCode.IO, "is no capture: " + file + ": the file is empty; record again");
      }
      CaptureLoader loader = new CaptureLoader(readerOptions, bodies);
      captures.add(loader.load(file));
      boolean told = false;
      for (Damage damage : loader.damages()) {
        root.tell("damage: " + file + ": offset " + damage.offset() + ": " + damage.reason());
        told |= counts(file, damage);
      }
      if (!told && !loader.complete() && !isUnfinished(file)) {
        root.tell("damage: " + file + ": the file ends without a trailer, events may be missing");
        told = true;
      }
      damaged |= told;
    }
    return new CaptureInput(captures, damaged, bodies);
  }

  /** Returns how captures are read: with the keys that were named. */
  static ReaderOptions readerOptions(List<Path> keyFiles, boolean strict) throws CommandFailure {
    try {
      Identities identities = keyFiles.isEmpty() ? Identities.none() : Identities.read(keyFiles);
      return ReaderOptions.defaults().withStrict(strict).withIdentities(identities);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.IO,
          "cannot use the key file: " + e.getMessage() + ": name one that age-keygen wrote",
          e);
    }
  }

  @Override
  public void close() throws IOException {
    bodies.close();
  }

  /** A file that is still being written may end inside a block. */
  private static boolean counts(Path file, Damage damage) {
    return damage.kind() != DamageKind.TRUNCATED || !isUnfinished(file);
  }

  private static boolean isUnfinished(Path file) {
    return file.toString().endsWith(UNFINISHED_SUFFIX);
  }
}
