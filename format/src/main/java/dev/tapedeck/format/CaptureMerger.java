// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes one capture of several: of recorders on several hosts, of the parts of a split, of files
 * that were rotated.
 *
 * <p>Events are ordered by real time, which the captures' clock events tell; those of one host by
 * their exit times; those of one stream as in their capture. An event waits until every capture has
 * promised, by the watermarks of its blocks, to give no earlier one. Events other than of streams
 * that two captures hold both, such as what a rotated file repeats, are written once.
 *
 * <p><b>Threads:</b> confined to one thread. <b>Ownership:</b> neither readers nor the writer are
 * closed.
 *
 * <p><b>Limits:</b> memory holds one block of each capture whose time has come, and the events of
 * the blocks between a watermark and the events behind it, {@link MergeOptions#maxHeldBytes} at
 * most. All captures are read twice, once without payload.
 */
public final class CaptureMerger {
  /** More than clocks differ, less than a long of nanoseconds holds. */
  private static final Duration ANY_AGE = Duration.ofDays(100 * 365);

  private final List<CaptureReader> readers;
  private final List<Predicate<CaptureEvent>> selections;
  private final MergeOptions options;
  private final PriorityQueue<MergeInput.Held> queue = new PriorityQueue<>();
  private final List<MergeInput> inputs = new ArrayList<>();
  private final Map<EventStamp, MergeInput.Held> sameMoment = new HashMap<>();
  private long momentNanos;
  private long heldBytes;
  private long maxHeldEvents;
  private long earlyEvents;
  private long repeatedEvents;
  private long unknownEvents;

  /**
   * Prepares a merge, which can be made once.
   *
   * @param readers of the captures, in the order in which equal times go
   */
  public CaptureMerger(List<CaptureReader> readers, MergeOptions options) {
    this(readers, Collections.nCopies(readers.size(), event -> true), options);
  }

  /**
   * Prepares a merge of parts of captures, which can be made once.
   *
   * @param readers of the captures, in the order in which equal times go
   * @param selections for each capture which of its events are kept
   */
  public CaptureMerger(
      List<CaptureReader> readers, List<Predicate<CaptureEvent>> selections, MergeOptions options) {
    if (readers.isEmpty() || readers.size() != selections.size()) {
      throw new IllegalArgumentException(
          "readers=" + readers.size() + " selections=" + selections.size());
    }
    this.readers = List.copyOf(readers);
    this.selections = List.copyOf(selections);
    this.options = options;
  }

  /**
   * Returns the header of the merged capture.
   *
   * @param fileId of the new file
   * @param producer the program that makes it and its version
   * @throws OverlapException when two captures are the same, one was made from the other, or both
   *     are copies of the same blocks
   */
  public CaptureHeader header(Bytes fileId, String producer) throws OverlapException {
    MergeCheck.require(readers);
    return MergeHeader.of(readers.stream().map(CaptureReader::header).toList(), fileId, producer);
  }

  /**
   * Returns how a merged capture is written: a block of one host spans the time that the options
   * say, one of several hosts any, because their monotonic clocks have nothing in common.
   *
   * @param header as {@link #header} gave it
   */
  public static WriterOptions writerOptions(CaptureHeader header, WriterOptions options) {
    return header.hosts().isEmpty() ? options : options.toBuilder().blockAge(ANY_AGE).build();
  }

  /**
   * Writes all events in order.
   *
   * @param damage told of each part of a capture that could not be read
   * @throws OverlapException when two captures hold the same bytes of a stream
   * @throws IOException when reading or writing fails; the writer should be abandoned then
   */
  public MergeStats mergeTo(CaptureWriter writer, DamageListener damage) throws IOException {
    MergeClocks clocks = new MergeClocks();
    List<Set<Long>> hosts = new ArrayList<>();
    for (CaptureReader reader : readers) {
      hosts.add(clocks.add(reader));
    }
    clocks.finish(readers);
    for (int i = 0; i < readers.size(); i++) {
      String name = readers.get(i).name();
      inputs.add(
          new MergeInput(
              readers.get(i),
              selections.get(i),
              i,
              clocks,
              hosts.get(i),
              this::hold,
              found -> damage.damage(name, found)));
    }
    for (MergeInput next = slowest(); next != null; next = slowest()) {
      next.step();
      MergeInput limiting = slowest();
      release(writer, limiting == null ? Long.MAX_VALUE : limiting.frontierRealNanos());
    }
    while (!queue.isEmpty()) {
      writeFirst(writer);
    }
    return stats(clocks);
  }

  /** Is told of parts that could not be read. */
  @FunctionalInterface
  public interface DamageListener {
    /** Takes a part of the capture of that name. */
    void damage(String name, Damage damage) throws IOException;
  }

  private void hold(MergeInput.Held held) {
    queue.add(held);
    heldBytes += held.sizeBytes();
    maxHeldEvents = Math.max(maxHeldEvents, queue.size());
  }

  /** Returns the capture for whose events the others wait; null when all have ended. */
  private @Nullable MergeInput slowest() {
    MergeInput slowest = null;
    for (MergeInput input : inputs) {
      if (!input.hasEnded()
          && (slowest == null || input.frontierRealNanos() < slowest.frontierRealNanos())) {
        slowest = input;
      }
    }
    return slowest;
  }

  private void release(CaptureWriter writer, long beforeRealNanos) throws IOException {
    while (!queue.isEmpty() && queue.peek().realNanos() < beforeRealNanos) {
      writeFirst(writer);
    }
    while (heldBytes > options.maxHeldBytes()) {
      long realNanos = writeFirst(writer);
      earlyEvents++;
      inputs.forEach(input -> input.advanceTo(realNanos));
    }
    long promisedNanos = Long.MAX_VALUE;
    for (MergeInput input : inputs) {
      promisedNanos = Math.min(promisedNanos, input.promisedNanos());
    }
    if (promisedNanos != Long.MAX_VALUE && earlyEvents == 0) {
      writer.watermark(promisedNanos);
    }
  }

  private long writeFirst(CaptureWriter writer) throws IOException {
    MergeInput.Held first = queue.remove();
    heldBytes -= first.sizeBytes();
    if (!isRepeated(first)) {
      if (first.event() instanceof UnknownEvent) {
        unknownEvents++;
      }
      writer.write(first.event());
    } else {
      repeatedEvents++;
    }
    first.input().released(first);
    return first.realNanos();
  }

  /** Returns whether another capture gave the same event; both have the same place in the order. */
  private boolean isRepeated(MergeInput.Held held) throws OverlapException {
    EventStamp stamp = held.event().stamp();
    if (stamp.exitNanos() != momentNanos) {
      momentNanos = stamp.exitNanos();
      sameMoment.clear();
    }
    MergeInput.Held other = sameMoment.putIfAbsent(stamp, held);
    if (other == null || other.input() == held.input() || !other.event().equals(held.event())) {
      return false;
    }
    if (held.event() instanceof StreamEvent) {
      throw new OverlapException(
          other.input().name(), held.input().name(), "hold the same bytes of a stream");
    }
    return true;
  }

  private MergeStats stats(MergeClocks clocks) {
    long read = 0;
    long leftOut = repeatedEvents;
    long replaced = 0;
    long stated = 0;
    List<String> withoutWatermark = new ArrayList<>();
    for (MergeInput input : inputs) {
      read += input.readEvents();
      leftOut += input.leftOutEvents();
      replaced += input.losses().replacedEvents();
      stated += input.losses().statedLosses();
      if (input.promisesNothing()) {
        withoutWatermark.add(input.name());
      }
    }
    return new MergeStats(
        new RewriteStats(read, read - leftOut - replaced, leftOut, replaced, stated, unknownEvents),
        maxHeldEvents,
        earlyEvents,
        withoutWatermark,
        clocks.guessed());
  }
}
