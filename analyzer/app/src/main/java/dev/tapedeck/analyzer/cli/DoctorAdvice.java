// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.format.CheckReport;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What to do with a capture after a check. */
final class DoctorAdvice {
  private DoctorAdvice() {}

  /** Returns the next command, or null when there is nothing to do, or nothing left to save. */
  static @Nullable String of(Path file, CheckReport report) {
    if ((report.isHealthy() && report.complete()) || report.blocks() == 0) {
      return null;
    }
    return "analyzer recover " + quoted(file.toString()) + " -o " + quoted(copyOf(file));
  }

  /**
   * Returns a name for what is sound of the file, which is not its name nor that of its copy while
   * it is written.
   */
  static String copyOf(Path file) {
    String name = file.toString();
    if (Captures.isUnfinished(file)) {
      name = name.substring(0, name.length() - Captures.UNFINISHED_SUFFIX.length());
    }
    int end = name.endsWith(".tape") ? name.length() - ".tape".length() : name.length();
    return name.substring(0, end) + ".recovered.tape";
  }

  /** Returns the word as a POSIX shell takes it. */
  static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./+:@%-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
