// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.terminal.ProgressMeter;
import dev.tapedeck.analyzer.terminal.ProgressMeter.Unit;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureSection;
import dev.tapedeck.format.CaptureSections;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.EventStage;
import dev.tapedeck.format.ForwardingVisitor;
import dev.tapedeck.format.Projection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Shows on a terminal how far a capture was read, and nothing when there is none.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class Progress implements EventSource, AutoCloseable {
  private static final int EVENTS_BETWEEN_LOOKS = 1 << 12;

  private final ProgressMeter meter;
  private final String name;
  private final CaptureReader reader;
  private final boolean shown;
  private final long totalEvents;

  /** Begins to read. */
  Progress(AnalyzerCommand root, Path file, CaptureReader reader) throws IOException {
    this.meter = root.meter();
    this.name = String.valueOf(file.getFileName());
    this.reader = reader;
    this.shown = root.progress();
    this.totalEvents = shown ? reader.summary().events() : 0;
  }

  @Override
  public void read(Projection projection, CaptureVisitor visitor) throws IOException {
    if (shown) {
      reader.read(projection, new Counting(visitor, begin(pass(projection))));
      pause();
    } else {
      reader.read(projection, visitor);
    }
  }

  @Override
  public CaptureSections sections(Projection projection) throws IOException {
    CaptureSections sections = reader.sections(projection);
    return shown ? new CountedSections(sections, begin(pass(projection))) : sections;
  }

  /**
   * Returns a selection that counts the events it is asked about.
   *
   * @param verb what is done meanwhile, such as {@code writing}
   */
  <T extends CaptureEvent> Predicate<T> counting(String verb, Predicate<? super T> selection) {
    if (!shown) {
      return selection::test;
    }
    Count count = new Count(begin(verb));
    return event -> {
      count.one();
      return selection.test(event);
    };
  }

  /** Returns a stage that counts the events that it gets. */
  EventStage counting(String verb, EventStage stage) {
    if (!shown) {
      return stage;
    }
    Count count = new Count(begin(verb));
    return new EventStage() {
      @Override
      public void event(CaptureEvent event, Sink sink) throws IOException {
        count.one();
        stage.event(event, sink);
      }

      @Override
      public long watermark(long monotonicNanos, Sink sink) throws IOException {
        return stage.watermark(monotonicNanos, sink);
      }

      @Override
      public void end(Sink sink) throws IOException {
        stage.end(sink);
      }
    };
  }

  private ProgressMeter.Work begin(String verb) {
    return meter.begin(verb, name, totalEvents, Unit.EVENTS);
  }

  private static String pass(Projection projection) {
    return projection == Projection.METADATA ? "linking" : "reading";
  }

  /** Looks at the clock now and then. */
  private static final class Count {
    private final ProgressMeter.Work work;
    private long events;

    Count(ProgressMeter.Work work) {
      this.work = work;
    }

    void one() {
      if (++events % EVENTS_BETWEEN_LOOKS == 0) {
        work.at(events);
      }
    }
  }

  /** Shows how many events went by. */
  private static final class Counting extends ForwardingVisitor {
    private final Count count;

    Counting(CaptureVisitor visitor, ProgressMeter.Work work) {
      super(visitor);
      this.count = new Count(work);
    }

    @Override
    protected void before() {
      count.one();
    }
  }

  /** Shows how many events the sections hold that were begun. */
  private static final class CountedSections implements CaptureSections {
    private final CaptureSections sections;
    private final ProgressMeter.Work work;
    private long events;

    CountedSections(CaptureSections sections, ProgressMeter.Work work) {
      this.sections = sections;
      this.work = work;
    }

    @Override
    public @Nullable CaptureSection next() throws IOException {
      CaptureSection section = sections.next();
      if (section != null) {
        events += section.events();
        work.at(events);
      }
      return section;
    }

    @Override
    public void close() {
      work.close();
      sections.close();
    }
  }

  /** Takes the line away, because something else is about to be written. */
  void pause() {
    meter.pause();
  }

  @Override
  public void close() {
    pause();
  }
}
