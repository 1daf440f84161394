// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One of the captures of a merge: gives its events block by block, each with its place in the
 * order, and knows before which time it has given all.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class MergeInput implements CaptureVisitor {
  /** What an event weighs besides its payload, about. */
  private static final int EVENT_BYTES = 256;

  private final CaptureReader reader;
  private final Predicate<CaptureEvent> selection;
  private final int number;
  private final MergeClocks clocks;
  private final Set<Long> hosts;
  private final Consumer<Held> queue;
  private final CaptureRewriter.DamageListener damages;
  private final LossStating losses;
  private final CaptureReader.RecordSteps steps;
  private final Map<StreamId, Held> lastOfStream = new HashMap<>();
  private final Deque<Part> parts = new ArrayDeque<>();
  private long ordinal;
  private long frontierRealNanos = Long.MIN_VALUE;
  private long latestRealNanos = Long.MIN_VALUE;
  private long promisedNanos;
  private boolean promisesNothing;
  private boolean ended;
  private long readEvents;
  private long leftOutEvents;
  private Part part = new Part(0);

  MergeInput(
      CaptureReader reader,
      Predicate<CaptureEvent> selection,
      int number,
      MergeClocks clocks,
      Set<Long> hosts,
      Consumer<Held> queue,
      CaptureRewriter.DamageListener damages)
      throws IOException {
    this.reader = reader;
    this.selection = selection;
    this.number = number;
    this.clocks = clocks;
    this.hosts = hosts;
    this.queue = queue;
    this.damages = damages;
    this.losses = new LossStating(this, reader.header().hostId());
    this.steps = reader.steps(Projection.ALL, counting());
    CaptureSummary summary = reader.summary();
    if (summary.indexed() && summary.events() > 0) {
      // Nothing of a later file need be in memory before the others have come that far.
      promise(summary.firstNanos());
    }
  }

  /** The events of a block, or of some, that were given under the same promise. */
  private static final class Part {
    private final long promisedNanos;
    private long held;

    Part(long promisedNanos) {
      this.promisedNanos = promisedNanos;
    }
  }

  /** An event that waits for earlier ones of other captures. */
  static final class Held implements Comparable<Held> {
    private final CaptureEvent event;
    private final MergeInput input;
    private final Part part;
    private final long realNanos;
    private final long orderNanos;
    private final long ordinal;

    private Held(
        CaptureEvent event, MergeInput input, long realNanos, long orderNanos, long ordinal) {
      this.event = event;
      this.input = input;
      this.part = input.part;
      this.realNanos = realNanos;
      this.orderNanos = orderNanos;
      this.ordinal = ordinal;
    }

    CaptureEvent event() {
      return event;
    }

    MergeInput input() {
      return input;
    }

    long realNanos() {
      return realNanos;
    }

    long sizeBytes() {
      return event instanceof StreamEvent.Data data
          ? EVENT_BYTES + data.capturedLength()
          : EVENT_BYTES;
    }

    /** By real time, within a host by its own time, then by file and place. */
    @Override
    public int compareTo(Held other) {
      int order = Long.compare(realNanos, other.realNanos);
      if (order == 0) {
        order =
            Long.compare(event.stamp().process().hostId(), other.event.stamp().process().hostId());
      }
      if (order == 0) {
        order = Long.compare(orderNanos, other.orderNanos);
      }
      if (order == 0) {
        order = Integer.compare(input.number, other.input.number);
      }
      return order == 0 ? Long.compare(ordinal, other.ordinal) : order;
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /** Counts what the file gives before anything stands in for it. */
  private CaptureVisitor counting() {
    return new CaptureVisitor() {
      @Override
      public void event(CaptureEvent event) throws IOException {
        readEvents++;
        if (selection.test(event)) {
          losses.event(event);
        } else {
          leftOutEvents++;
        }
      }

      @Override
      public void damage(Damage damage) throws IOException {
        losses.damage(damage);
      }

      @Override
      public void loss(CopyLoss loss) throws IOException {
        losses.loss(loss);
      }

      @Override
      public void watermark(long monotonicNanos) throws IOException {
        losses.watermark(monotonicNanos);
      }
    };
  }

  /** Gives the events of the next record; afterwards {@link #hasEnded} may be true. */
  void step() throws IOException {
    if (!steps.step()) {
      losses.end(reader.summary().complete());
      ended = true;
      frontierRealNanos = Long.MAX_VALUE;
    }
  }

  @Override
  public void event(CaptureEvent event) {
    EventStamp stamp = event.stamp();
    long orderNanos = stamp.exitNanos();
    StreamId stream = event instanceof StreamEvent streamEvent ? streamEvent.stream() : null;
    Held before = stream == null ? null : lastOfStream.get(stream);
    if (before != null) {
      // Of a stream, the order of the file counts.
      orderNanos = Math.max(orderNanos, before.orderNanos);
    }
    long realNanos =
        Math.max(frontierRealNanos, clocks.realNanos(stamp.process().hostId(), orderNanos));
    latestRealNanos = Math.max(latestRealNanos, realNanos);
    Held held = new Held(event, this, realNanos, orderNanos, ordinal++);
    if (held.part.held++ == 0) {
      parts.addLast(held.part);
    }
    if (stream != null) {
      lastOfStream.put(stream, held);
    }
    queue.accept(held);
  }

  @Override
  public void damage(Damage damage) throws IOException {
    damages.damage(damage);
  }

  @Override
  public void watermark(long monotonicNanos) {
    if (monotonicNanos > 0) {
      promise(monotonicNanos);
    } else {
      promisesNothing = true;
      frontierRealNanos = Math.max(frontierRealNanos, latestRealNanos);
    }
  }

  private void promise(long monotonicNanos) {
    if (monotonicNanos > promisedNanos) {
      promisedNanos = monotonicNanos;
      part = new Part(monotonicNanos);
      frontierRealNanos =
          Math.max(frontierRealNanos, clocks.earliestRealNanos(hosts, monotonicNanos));
    }
  }

  /** Notes that an event need wait no longer. */
  void released(Held held) {
    held.part.held--;
    while (!parts.isEmpty() && parts.getFirst().held == 0) {
      parts.removeFirst();
    }
    if (held.event instanceof StreamEvent streamEvent) {
      lastOfStream.remove(streamEvent.stream(), held);
    }
  }

  /** Says that everything from now on counts as not earlier than this. */
  void advanceTo(long realNanos) {
    frontierRealNanos = Math.max(frontierRealNanos, realNanos);
  }

  /** Returns the real time before which this capture has given all its events. */
  long frontierRealNanos() {
    return frontierRealNanos;
  }

  boolean hasEnded() {
    return ended;
  }

  /** Returns the exit time that no event has that waits or is still to come. */
  long promisedNanos() {
    return parts.isEmpty()
        ? ended ? Long.MAX_VALUE : promisedNanos
        : parts.getFirst().promisedNanos;
  }

  /** Returns whether a block promised nothing about time. */
  boolean promisesNothing() {
    return promisesNothing;
  }

  String name() {
    return reader.name();
  }

  int number() {
    return number;
  }

  long readEvents() {
    return readEvents;
  }

  /** Returns how many events the selection did not take. */
  long leftOutEvents() {
    return leftOutEvents;
  }

  LossStating losses() {
    return losses;
  }
}
