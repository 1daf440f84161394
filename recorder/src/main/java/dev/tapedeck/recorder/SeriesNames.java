// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Names the files of a rotated recording so that they sort by time: {@code
 * NAME-20260203T040506Z-0001.tape}.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class SeriesNames {
  private static final String SUFFIX = ".tape";
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Path base;
  private final String stem;
  private int number;

  /** Names files after one, in its folder. */
  SeriesNames(Path base) {
    this.base = base;
    String name = String.valueOf(base.getFileName());
    this.stem = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
  }

  /** Returns the next name that nothing has, neither as a whole file nor as one being written. */
  Path next(Instant now) {
    while (true) {
      number++;
      String name =
          String.format(Locale.ROOT, "%s-%s-%04d%s", stem, STAMP.format(now), number, SUFFIX);
      Path file = base.resolveSibling(name);
      if (!Files.exists(file) && !Files.exists(base.resolveSibling(name + ".partial"))) {
        return file;
      }
    }
  }
}
