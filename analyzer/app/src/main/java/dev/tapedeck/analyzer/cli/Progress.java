// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.CopyLoss;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.Projection;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Shows on a terminal how far a capture was read, and nothing when there is none.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class Progress implements AutoCloseable {
  private static final int EVENTS_BETWEEN_LOOKS = 1 << 12;
  private static final long MILLIS_BETWEEN_LINES = 200;
  private static final String ERASE_LINE = "\r\u001b[K";

  private final AnalyzerCommand root;
  private final Path file;
  private final CaptureReader reader;
  private final int decoders;
  private final boolean shown;
  private final long totalEvents;
  private long nextLineMillis;
  private boolean lineVisible;

  /**
   * Begins to read.
   *
   * @param threads with more than one, others decode what is read
   */
  Progress(AnalyzerCommand root, Path file, CaptureReader reader, int threads) throws IOException {
    this.decoders = threads - 1;
    this.root = root;
    this.file = file;
    this.reader = reader;
    this.shown = root.progress();
    this.totalEvents = shown ? reader.summary().events() : 0;
    this.nextLineMillis = shown ? now() + MILLIS_BETWEEN_LINES : 0;
  }

  /** Reads the capture, as an event source does. */
  void read(Projection projection, CaptureVisitor visitor) throws IOException {
    if (!shown) {
      readAll(projection, visitor);
      return;
    }
    String pass = projection == Projection.METADATA ? "linking" : "reading";
    readAll(
        projection,
        new CaptureVisitor() {
          private long events;

          @Override
          public void event(CaptureEvent event) throws IOException {
            if (++events % EVENTS_BETWEEN_LOOKS == 0) {
              look(pass, events);
            }
            visitor.event(event);
          }

          @Override
          public void damage(Damage damage) throws IOException {
            pause();
            visitor.damage(damage);
          }

          @Override
          public void watermark(long monotonicNanos) throws IOException {
            visitor.watermark(monotonicNanos);
          }

          @Override
          public void loss(CopyLoss loss) throws IOException {
            visitor.loss(loss);
          }
        });
    pause();
  }

  private void readAll(Projection projection, CaptureVisitor visitor) throws IOException {
    if (decoders == 0) {
      reader.read(projection, visitor);
    } else {
      reader.readParallel(projection, decoders, visitor);
    }
  }

  /** Takes the line away, because something else is about to be written. */
  void pause() {
    if (lineVisible) {
      root.terminal().err().print(ERASE_LINE);
      root.terminal().err().flush();
      lineVisible = false;
    }
  }

  @Override
  public void close() {
    pause();
  }

  private void look(String pass, long events) {
    long now = now();
    if (now < nextLineMillis) {
      return;
    }
    nextLineMillis = now + MILLIS_BETWEEN_LINES;
    root.terminal()
        .err()
        .print(
            ERASE_LINE
                + pass
                + " "
                + TerminalText.escape(String.valueOf(file.getFileName()))
                + ": "
                + events
                + " of "
                + totalEvents
                + " events");
    root.terminal().err().flush();
    lineVisible = true;
  }

  private long now() {
    return root.terminal().clock().millis();
  }
}
