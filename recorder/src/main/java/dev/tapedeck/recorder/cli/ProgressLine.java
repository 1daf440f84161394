// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

import dev.tapedeck.recorder.RecorderStats;
import java.io.PrintStream;
import java.util.Locale;

/** A line on the terminal that shows how the recording goes; nothing where nobody looks. */
final class ProgressLine {
  private static final String CLEAR_LINE = "\r\033[K";

  /** The recording asks every 50 ms or more often; a person reads twice a second. */
  private static final long EVERY_NANOS = 500_000_000;

  private final PrintStream err;
  private final boolean wanted;
  private long nextNanos;
  private boolean shown;

  ProgressLine(RecorderCommand root) {
    this.err = root.terminal().err();
    this.wanted = root.terminal().errIsTerminal() && !root.quiet();
  }

  /** Shows the state, unless it was shown a moment ago. */
  void show(RecorderStats soFar, long nowNanos) {
    if (wanted && nowNanos >= nextNanos) {
      nextNanos = nowNanos + EVERY_NANOS;
      shown = true;
      err.print(
          CLEAR_LINE
              + String.format(
                  Locale.ROOT,
                  "%d events, %s, %d streams, file %s",
                  soFar.events(),
                  ByteSize.text(soFar.payloadBytes()),
                  soFar.streams(),
                  ByteSize.text(soFar.fileBytes())));
      err.flush();
    }
  }

  /** Removes the line. */
  void clear() {
    if (shown) {
      err.print(CLEAR_LINE);
      err.flush();
    }
  }
}
