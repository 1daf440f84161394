// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.listing;

import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.DataRow;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TimeRange;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The part of a capture that shows one session, or one exchange of it: the blocks of a span of
 * time, and of their data what is its own.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class OneStream implements EventSource {
  private static final Object OTHER = new Object();
  private static final Object OWN = new Object();

  private final CaptureReader reader;
  private final Clocks clocks;
  private final TimeRange range;
  private final StreamOwner owner;

  /** Null for all that the range holds of the session. */
  private final @Nullable StreamWindow window;

  OneStream(
      CaptureReader reader,
      Clocks clocks,
      TimeRange range,
      StreamOwner owner,
      @Nullable StreamWindow window) {
    this.reader = reader;
    this.clocks = clocks;
    this.range = range;
    this.owner = owner;
    this.window = window;
  }

  @Override
  public void read(Projection projection, CaptureVisitor visitor) throws IOException {
    for (ClockEvent clock : clocks.readings()) {
      visitor.event(clock);
    }
    reader.read(projection, range, new Choosing(visitor));
  }

  /** Passes on what is meant. */
  private final class Choosing implements CaptureVisitor {
    private final CaptureVisitor visitor;

    Choosing(CaptureVisitor visitor) {
      this.visitor = visitor;
    }

    @Override
    public void event(CaptureEvent event) throws IOException {
      if (event instanceof StreamEvent stream) {
        if (stream.stream().owner().equals(owner)) {
          own(stream);
        }
      } else if (window == null && !(event instanceof ClockEvent)) {
        visitor.event(event);
      }
    }

    private void own(StreamEvent event) throws IOException {
      if (window == null) {
        visitor.event(event);
      } else if (event instanceof StreamEvent.Data data) {
        StreamEvent.Data cut = window.cut(data);
        if (cut != null) {
          visitor.event(cut);
        }
      }
    }

    @Override
    public void data(DataRow row) throws IOException {
      Object known = row.attached();
      if (known == null) {
        known = row.stream().owner().equals(owner) ? OWN : OTHER;
        row.attach(known);
      }
      if (known == OWN) {
        own(row.toEvent());
      }
    }

    @Override
    public void damage(Damage damage) throws IOException {
      visitor.damage(damage);
    }
  }
}
