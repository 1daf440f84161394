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
import dev.tapedeck.format.ForwardingVisitor;
import dev.tapedeck.format.Projection;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
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
  private final LongConsumer watcher;
  private final BooleanSupplier stopped;

  /**
   * Makes a source.
   *
   * @param clocks takes the readings of the first reading
   * @param events counts the events of all readings
   * @param watcher is told of each new count, on the thread that reads
   */
  Counted(
      CaptureReader reader,
      Clocks clocks,
      AtomicLong events,
      LongConsumer watcher,
      BooleanSupplier stopped) {
    this.reader = reader;
    this.clocks = clocks;
    this.events = events;
    this.watcher = watcher;
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
        read(section.events());
        return isFirst ? new Listening(section) : section;
      }

      @Override
      public void close() {
        sections.close();
      }
    };
  }

  private void read(long count) {
    watcher.accept(events.addAndGet(count));
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

  /** Keeps the clock readings that it passes on, where they are wanted. */
  private class Passing extends ForwardingVisitor {
    private final boolean keepsClocks;

    Passing(CaptureVisitor visitor, boolean keepsClocks) {
      super(visitor);
      this.keepsClocks = keepsClocks;
    }

    @Override
    public void event(CaptureEvent event) throws IOException {
      if (keepsClocks && event instanceof ClockEvent clock) {
        clocks.add(clock);
      }
      super.event(event);
    }
  }

  /** Counts, too. */
  private final class Counting extends Passing {
    private long seen;

    Counting(CaptureVisitor visitor, boolean keepsClocks) {
      super(visitor, keepsClocks);
    }

    @Override
    protected void before() throws InterruptedIOException {
      if (++seen % EVENTS_A_LOOK == 0) {
        read(EVENTS_A_LOOK);
        check();
      }
    }
  }
}
