// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.replayer.Replayer;
import dev.tapedeck.replayer.result.ReplayProgress;
import dev.tapedeck.replayer.result.ReplayReport;
import java.io.IOException;
import java.util.Locale;

/** A line on the terminal that shows how a replay goes; nothing where nobody looks. */
final class ProgressLine {
  private static final String CLEAR_LINE = "\r\033[K";
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MILLI = 1e6;

  private final ReplayerCommand root;
  private boolean shown;

  private ProgressLine(ReplayerCommand root) {
    this.root = root;
  }

  /** Runs a replayer with a line that shows how it goes, until it is done or told to stop. */
  static ReplayReport run(ReplayerCommand root, StopSignal stop, Replayer replayer)
      throws IOException, InterruptedException {
    ProgressLine line = new ProgressLine(root);
    stop.onStop(replayer::stop);
    try {
      return replayer.run(line::show);
    } finally {
      line.clear();
    }
  }

  private void show(ReplayProgress progress) {
    if (root.showsProgress()) {
      shown = true;
      double seconds = Math.max(0, progress.elapsedNanos()) / NANOS_PER_SECOND;
      root.terminal()
          .err()
          .print(
              CLEAR_LINE
                  + String.format(
                      Locale.ROOT,
                      "%.0f s, %d of %d sent (%.0f/s), %d answered, %d errors, at most %.1f ms late",
                      seconds,
                      progress.sent(),
                      progress.planned(),
                      seconds > 0 ? progress.sent() / seconds : 0,
                      progress.answered(),
                      progress.errors(),
                      progress.recentLatenessNanos() / NANOS_PER_MILLI));
      root.terminal().err().flush();
    }
  }

  private void clear() {
    if (shown) {
      root.terminal().err().print(CLEAR_LINE);
      root.terminal().err().flush();
    }
  }
}
