// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The database's native part, which its driver unpacks into the temporary folder: 70 MB that a
 * process that is killed would leave there.
 */
final class DuckDbLibrary {
  private static final Path MAPS = Path.of("/proc/self/maps");
  private static final String NAME = "libduckdb_java";

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

  /** Returns where libraries of that name were loaded from, of the lines of proc(5)'s maps. */
  static List<Path> mapped(List<String> lines) {
    return lines.stream()
        .filter(line -> line.contains("/" + NAME) && !line.endsWith(" (deleted)"))
        .map(line -> Path.of(line.substring(line.indexOf('/'))))
        .distinct()
        .toList();
  }
}
