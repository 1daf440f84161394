// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The database's native part. The launcher has it loaded from where it stands; without that, as in
 * tests, its driver unpacks it into the temporary folder: 70 MB that a process that is killed would
 * leave there.
 */
final class DuckDbLibrary {
  private static final Path MAPS = Path.of("/proc/self/maps");

  /** As the driver calls a copy; the original has no number. */
  private static final Pattern COPY = Pattern.compile("/libduckdb_java[0-9]+\\.so$");

  private DuckDbLibrary() {}

  /** Takes its name away once it is loaded: on Linux it stays until the process ends. */
  static void unlink() throws IOException {
    if (!Files.isReadable(MAPS)) {
      return;
    }
    Path folder = Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
    for (Path file : mapped(Files.readAllLines(MAPS))) {
      if (folder.equals(file.getParent())) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Returns where copies were loaded from, of the lines of proc(5)'s maps. */
  static List<Path> mapped(List<String> lines) {
    return lines.stream()
        .filter(line -> COPY.matcher(line).find())
        .map(line -> Path.of(line.substring(line.indexOf('/'))))
        .distinct()
        .toList();
  }
}
