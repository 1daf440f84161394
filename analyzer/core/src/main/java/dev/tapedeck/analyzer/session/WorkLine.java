// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureSection;
import dev.tapedeck.format.CaptureSections;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.CopyLoss;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.HeldSection;
import dev.tapedeck.format.Projection;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Has a crew work on the sections of a capture, several at once, and hands out what that gives in
 * the capture's order.
 *
 * <p><b>Threads:</b> the asking thread of the crew. <b>Limits:</b> {@value #WORK_PER_THREAD} works
 * for each thread and {@value #SPARE_WORK} more, or {@value #MAX_BYTES} bytes of them, are open at
 * a time.
 */
final class WorkLine {
  private static final int WORK_PER_THREAD = 2;
  private static final int SPARE_WORK = 2;
  private static final long MAX_BYTES = 24 << 20;

  /** What events of a source without sections are put together to. */
  private static final int SECTION_EVENTS = 4096;

  private static final long SECTION_BYTES = 2 << 20;

  private final Crew crew;
  private final Deque<Work> open = new ArrayDeque<>();
  private long openBytes;

  WorkLine(Crew crew) {
    this.crew = crew;
  }

  /**
   * Works on all sections of a source, and hands out what that gives.
   *
   * @param work makes of each section what is to be done
   * @param enough whether nothing more is wanted
   */
  void read(
      EventSource source,
      Projection projection,
      Function<CaptureSection, Work> work,
      BooleanSupplier enough)
      throws IOException {
    try (CaptureSections sections = source.sections(projection)) {
      if (sections == null) {
        Collector collector = new Collector(work);
        source.read(projection, collector);
        collector.add();
      } else {
        addAll(sections, work, enough);
      }
      finish();
    }
  }

  private void addAll(
      CaptureSections sections, Function<CaptureSection, Work> work, BooleanSupplier enough)
      throws IOException {
    try {
      CaptureSection section = sections.next();
      while (section != null && !enough.getAsBoolean()) {
        add(work.apply(section));
        section = sections.next();
      }
      finish();
    } finally {
      crew.quiesce(); // What a section is decoded with ends with its reading.
    }
  }

  /** Adds work that comes next in order. */
  void add(Work work) throws IOException {
    open.add(work);
    openBytes += work.bytes();
    crew.anyones(work::run);
    Work first = open.peek();
    while (first != null && (first.isDone() || isFull())) {
      handOutFirst();
      first = open.peek();
    }
  }

  private boolean isFull() {
    return open.size() > SPARE_WORK + WORK_PER_THREAD * crew.size()
        || (openBytes > MAX_BYTES && open.size() > 1);
  }

  /** Works until all is handed out. */
  void finish() throws IOException {
    while (!open.isEmpty()) {
      handOutFirst();
    }
  }

  private void handOutFirst() throws IOException {
    Work first = open.element();
    crew.workUntil(first::isDone);
    open.remove();
    openBytes -= first.bytes();
    first.handOut();
  }

  /** Makes sections of events that come one after the other. */
  private final class Collector implements CaptureVisitor {
    private final Function<CaptureSection, Work> work;
    private HeldSection section = new HeldSection();

    Collector(Function<CaptureSection, Work> work) {
      this.work = work;
    }

    @Override
    public void event(CaptureEvent event) throws IOException {
      section.event(event);
      if (section.events() >= SECTION_EVENTS || section.bytes() >= SECTION_BYTES) {
        add();
      }
    }

    @Override
    public void damage(Damage damage) {
      section.damage(damage);
    }

    @Override
    public void loss(CopyLoss loss) {
      section.loss(loss);
    }

    void add() throws IOException {
      HeldSection full = section;
      section = new HeldSection();
      WorkLine.this.add(work.apply(full));
    }
  }
}
