// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureSection;
import dev.tapedeck.format.CaptureSections;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.CopyLoss;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.DataRow;
import dev.tapedeck.format.Projection;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Shows on a terminal how far a capture was read, and nothing when there is none.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class Progress implements EventSource, AutoCloseable {
  private static final int EVENTS_BETWEEN_LOOKS = 1 << 12;
  private static final long MILLIS_BETWEEN_LINES = 200;
  private static final String ERASE_LINE = "\r\u001b[K";

  private final AnalyzerCommand root;
  private final Path file;
  private final CaptureReader reader;
  private final boolean shown;
  private final long totalEvents;
  private long nextLineMillis;
  private boolean lineVisible;

  /** Begins to read. */
  Progress(AnalyzerCommand root, Path file, CaptureReader reader) throws IOException {
    this.root = root;
    this.file = file;
    this.reader = reader;
    this.shown = root.progress();
    this.totalEvents = shown ? reader.summary().events() : 0;
    this.nextLineMillis = shown ? now() + MILLIS_BETWEEN_LINES : 0;
  }

  @Override
  public void read(Projection projection, CaptureVisitor visitor) throws IOException {
    if (shown) {
      reader.read(projection, new Counting(visitor, pass(projection)));
      pause();
    } else {
      reader.read(projection, visitor);
    }
  }

  @Override
  public CaptureSections sections(Projection projection) throws IOException {
    CaptureSections sections = reader.sections(projection);
    return shown ? new CountedSections(sections, pass(projection)) : sections;
  }

  private static String pass(Projection projection) {
    return projection == Projection.METADATA ? "linking" : "reading";
  }

  /** Shows how many events went by. */
  private final class Counting implements CaptureVisitor {
    private final CaptureVisitor visitor;
    private final String pass;
    private long events;

    Counting(CaptureVisitor visitor, String pass) {
      this.visitor = visitor;
      this.pass = pass;
    }

    @Override
    public void event(CaptureEvent event) throws IOException {
      count();
      visitor.event(event);
    }

    @Override
    public void data(DataRow row) throws IOException {
      count();
      visitor.data(row);
    }

    private void count() {
      if (++events % EVENTS_BETWEEN_LOOKS == 0) {
        look(pass, events);
      }
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
  }

  /** Shows how many events the sections hold that were begun. */
  private final class CountedSections implements CaptureSections {
    private final CaptureSections sections;
    private final String pass;
    private long events;

    CountedSections(CaptureSections sections, String pass) {
      this.sections = sections;
      this.pass = pass;
    }

    @Override
    public @Nullable CaptureSection next() throws IOException {
      CaptureSection section = sections.next();
      if (section != null) {
        events += section.events();
        look(pass, events);
      }
      return section;
    }

    @Override
    public void close() {
      pause();
      sections.close();
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
