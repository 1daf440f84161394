// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.listing;

import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureSection;
import dev.tapedeck.format.CaptureSections;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.CopyLoss;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.DataRow;
import dev.tapedeck.format.Projection;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A whole capture as a source that says how far it was read, keeps its clock readings and can be
 * stopped.
 *
 * <p><b>Threads:</b> read as any source; {@link #events} from any thread.
 */
final class Counted implements EventSource {
  private static final int EVENTS_A_LOOK = 1 << 12;

  private final CaptureReader reader;
  private final Clocks clocks;
  private final AtomicLong events;
  private final BooleanSupplier stopped;

  /**
   * Makes a source.
   *
   * @param clocks takes the readings of the first reading
   * @param events counts the events of all readings
   */
  Counted(CaptureReader reader, Clocks clocks, AtomicLong events, BooleanSupplier stopped) {
    this.reader = reader;
    this.clocks = clocks;
    this.events = events;
    this.stopped = stopped;
  }

  @Override
  public void read(Projection projection, CaptureVisitor visitor) throws IOException {
    reader.read(projection, new Counting(visitor, projection == Projection.METADATA));
  }

  @Override
  public CaptureSections sections(Projection projection) throws IOException {
    CaptureSections sections = reader.sections(projection);
    boolean isFirst = projection == Projection.METADATA;
    return new CaptureSections() {
      @Override
      public @Nullable CaptureSection next() throws IOException {
        check();
        CaptureSection section = sections.next();
        if (section == null) {
          return null;
        }
        events.addAndGet(section.events());
        return isFirst ? new Listening(section) : section;
      }

      @Override
      public void close() {
        sections.close();
      }
    };
  }

  private void check() throws InterruptedIOException {
    if (stopped.getAsBoolean()) {
      throw new InterruptedIOException("stopped");
    }
  }

  /** Keeps the clock readings of a section. */
  private final class Listening implements CaptureSection {
    private final CaptureSection section;

    Listening(CaptureSection section) {
      this.section = section;
    }

    @Override
    public long events() {
      return section.events();
    }

    @Override
    public long bytes() {
      return section.bytes();
    }

    @Override
    public void decode(CaptureVisitor visitor) throws IOException {
      section.decode(new Passing(visitor, true));
    }
  }

  /** Passes everything on. */
  private class Passing implements CaptureVisitor {
    private final CaptureVisitor visitor;
    private final boolean keepsClocks;

    Passing(CaptureVisitor visitor, boolean keepsClocks) {
      this.visitor = visitor;
      this.keepsClocks = keepsClocks;
    }

    @Override
    public void event(CaptureEvent event) throws IOException {
      if (keepsClocks && event instanceof ClockEvent clock) {
        clocks.add(clock);
      }
      visitor.event(event);
    }

    @Override
    public void data(DataRow row) throws IOException {
      visitor.data(row);
    }

    @Override
    public void damage(Damage damage) throws IOException {
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

  /** Counts, too. */
  private final class Counting extends Passing {
    private long seen;

    Counting(CaptureVisitor visitor, boolean keepsClocks) {
      super(visitor, keepsClocks);
    }

    @Override
    public void event(CaptureEvent event) throws IOException {
      count();
      super.event(event);
    }

    @Override
    public void data(DataRow row) throws IOException {
      count();
      super.data(row);
    }

    private void count() throws InterruptedIOException {
      if (++seen % EVENTS_A_LOOK == 0) {
        events.addAndGet(EVENTS_A_LOOK);
        check();
      }
    }
  }
}
