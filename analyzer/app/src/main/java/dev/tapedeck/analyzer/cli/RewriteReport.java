// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.terminal.Human;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.RewriteStats;
import dev.tapedeck.format.WriterStats;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Tells, on standard error, what a command that wrote a capture found and did. */
final class RewriteReport {
  private final AnalyzerCommand root;
  private final Set<Path> damaged = new HashSet<>();

  RewriteReport(AnalyzerCommand root) {
    this.root = root;
  }

  /** Warns of damage. */
  void damage(Path file, Damage damage) {
    if (Captures.counts(file, damage)) {
      damaged.add(file);
    }
    root.warn(Captures.describe(file, damage));
  }

  /** Warns when a file that was read to its end was cut there. */
  void ended(Path file, CaptureReader reader) throws IOException {
    if (Captures.tellsCut(root, file, reader, damaged.contains(file))) {
      damaged.add(file);
    }
  }

  /**
   * Says what was written.
   *
   * @param inputBytes length of the files that were read
   */
  void wrote(Path output, RewriteStats events, WriterStats written, long inputBytes) {
    if (events.unknownEvents() > 0) {
      root.warn(
          "warning: "
              + Human.count(events.unknownEvents(), "event")
              + " of kinds that this version does not know: only who and when was kept of them; use a newer version to keep the rest");
    }
    long stated = events.eventsReplaced() + events.statedLosses();
    root.warn(
        "wrote "
            + output
            + ": "
            + Human.count(written.events(), "event")
            + (events.eventsLeftOut() > 0 ? ", " + events.eventsLeftOut() + " left out" : "")
            + (stated > 0 ? ", " + stated + " of them say what damage took" : "")
            + "; "
            + Human.bytes(written.fileBytes())
            + ", "
            + Human.bytes(inputBytes)
            + " read"
            + ratio(written.fileBytes(), inputBytes));
  }

  private static String ratio(long written, long read) {
    return read == 0 ? "" : String.format(Locale.ROOT, " (%.1f %%)", 100.0 * written / read);
  }

  int exitCode() {
    return damaged.isEmpty() ? ExitCode.OK : ExitCode.DAMAGE;
  }
}
