// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.analyzer.ByteMap;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.StreamEvent;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts one stream's bytes in order.
 *
 * <p>Positions decide the order. Bytes that came too early wait for the ones before them; which
 * ranges never come is known from the first reading. Bytes that come again are compared with the
 * latest ones handed on and dropped. Every captured byte is handed on, or counted as duplicate or
 * as late.
 *
 * <p>How long bytes are kept for comparing goes by places: what all events of the capture before an
 * event weigh, see {@link #COMPARABLE_WEIGHT}. So it depends on the events alone.
 *
 * <p><b>Lifecycle:</b> {@link #add} for each event, then {@link #finish}. <b>Threads:</b> confined
 * to one.
 */
public final class StreamAssembler {
  /** Bytes that come again are compared with what came before at most so much weight of events. */
  public static final long COMPARABLE_WEIGHT = 4L << 20;

  private static final int EVENT_WEIGHT = 256;
  private static final int HISTORY_RUNS = 8;
  private static final long[] NONE = new long[0];

  private final Direction direction;
  private final StreamFacts facts;
  private final long maxReorderBytes;
  private final SegmentSink sink;

  /** Null for as long as every byte was captured, as in nearly all streams. */
  private ByteMap.@Nullable Builder map;

  private long place;

  /** By position; null for as long as nothing had to wait, as in nearly all streams. */
  private @Nullable TreeMap<Long, ArrayDeque<Part>> pending;

  /** The latest runs handed on, a ring; null when there is none. */
  private Bytes @Nullable [] history;

  private long[] historyPositions = NONE;
  private long[] historyPlaces = NONE;
  private int historyNext;
  private long pendingBytes;
  private long next;
  private int gapIndex;
  private long deliveredBytes;
  private long lostBytes;
  private long duplicateBytes;
  private long lateBytes;
  private long conflictingBytes;

  /**
   * Makes an assembler.
   *
   * @param direction the stream's
   * @param facts of the first reading
   * @param maxReorderBytes most bytes that wait
   */
  public StreamAssembler(
      Direction direction, StreamFacts facts, long maxReorderBytes, SegmentSink sink) {
    this.direction = direction;
    this.facts = facts;
    this.maxReorderBytes = maxReorderBytes;
    this.sink = sink;
  }

  /** A run of captured bytes at its place, and how many the call moved from there on. */
  private record Part(
      long position,
      long length,
      Bytes run,
      MissingCause cutCause,
      @Nullable String cutReason,
      long startNanos,
      long endNanos) {
    long end() {
      return position + length;
    }

    Part detached() {
      return new Part(position, length, run.detached(), cutCause, cutReason, startNanos, endNanos);
    }
  }

  /** Returns what an event weighs: its captured bytes and what it takes itself. */
  public static long weight(StreamEvent event) {
    return event instanceof StreamEvent.Data data ? weight(data.capturedLength()) : EVENT_WEIGHT;
  }

  /** Returns what a data event weighs. */
  public static long weight(int capturedLength) {
    return (long) EVENT_WEIGHT + capturedLength;
  }

  /**
   * Takes an event of the stream.
   *
   * @param at its place
   */
  public void add(StreamEvent event, long at) {
    EventStamp stamp = event.stamp();
    if (event instanceof StreamEvent.Data data) {
      add(
          data.position(),
          data.originalLength(),
          data.capturedLength(),
          data.payload(),
          stamp.startNanos(),
          stamp.exitNanos(),
          at);
    } else if (event instanceof StreamEvent.Transfer transfer) {
      place = at;
      add(
          new Part(
              transfer.position(),
              transfer.lengthBytes(),
              Bytes.empty(),
              MissingCause.CUT,
              "transfer",
              direction == Direction.EGRESS ? stamp.startNanos() : stamp.exitNanos(),
              stamp.exitNanos()));
    }
  }

  /**
   * Takes the bytes of a call.
   *
   * @param position of the first one
   * @param originalLength how many moved
   * @param capturedLength how many of them were captured
   * @param payload these; null when they cannot be read
   * @param startNanos when the call was entered, or returned where that is not known
   * @param exitNanos when it returned
   * @param at the event's place
   */
  public void add(
      long position,
      long originalLength,
      int capturedLength,
      @Nullable Bytes payload,
      long startNanos,
      long exitNanos,
      long at) {
    place = at;
    long start = direction == Direction.EGRESS ? startNanos : exitNanos;
    if (payload != null
        && position == next
        && originalLength == payload.length()
        && !payload.isEmpty()
        && pending == null) {
      handOn(payload, position, start, exitNanos);
      advance();
      return;
    }
    // Without its payload the event is still there when the payload plane is damaged.
    Bytes run = payload == null ? Bytes.empty() : payload;
    MissingCause cause = payload == null ? MissingCause.LOST : MissingCause.CUT;
    String reason = payload == null ? "damage" : cutReason(originalLength - capturedLength);
    add(new Part(position, originalLength, run, cause, reason, start, exitNanos));
  }

  /** What was cut of a call was cut by a limit, unless a report of that length names another. */
  private @Nullable String cutReason(long cut) {
    if (cut == 0) {
      return null;
    }
    LossEvent.Cause why = facts.why(cut);
    return StreamFacts.isCut(why) ? jsonName(why) : null;
  }

  private static @Nullable String jsonName(LossEvent.Cause cause) {
    return cause == LossEvent.Cause.UNKNOWN ? null : cause.name().toLowerCase(Locale.ROOT);
  }

  private void add(Part part) {
    if (part.length() == 0) {
      return;
    }
    if (part.position() > next) {
      TreeMap<Long, ArrayDeque<Part>> waiting = pending;
      if (waiting == null) {
        waiting = new TreeMap<>();
        pending = waiting;
      }
      waiting.computeIfAbsent(part.position(), unused -> new ArrayDeque<>(1)).add(part);
      pendingBytes += part.run().length();
      while (pendingBytes > maxReorderBytes) {
        giveUpOldest();
      }
      return;
    }
    deliver(part);
    advance();
  }

  /** Hands on what is known to be missing before the first byte. */
  public void start() {
    advance();
  }

  /**
   * Hands on what follows: bytes that waited, and gaps as soon as the bytes before them are there,
   * so that who pairs messages knows in time what is missing.
   */
  private void advance() {
    deliverPending();
    while (gapIndex < facts.gapCount() && facts.gapFrom(gapIndex) <= next) {
      lose(facts.gapTo(gapIndex) - next);
      gapIndex++;
      deliverPending();
    }
  }

  /** Takes the bytes before the first one that waits for lost; returns whether one waited. */
  private boolean giveUpOldest() {
    TreeMap<Long, ArrayDeque<Part>> waiting = pending;
    if (waiting == null) {
      return false;
    }
    lose(waiting.firstKey() - next);
    advance();
    return true;
  }

  private void lose(long lengthBytes) {
    if (lengthBytes > 0) {
      LossEvent.Cause why = facts.why(lengthBytes);
      ByteMap.State state =
          StreamFacts.isCut(why)
              ? ByteMap.State.CUT
              : why == LossEvent.Cause.UNKNOWN ? facts.fateWithoutCause() : ByteMap.State.LOST;
      boolean cut = state == ByteMap.State.CUT;
      map().add(lengthBytes, state, jsonName(why));
      lostBytes += lengthBytes;
      next += lengthBytes;
      sink.gap(lengthBytes, cut ? MissingCause.CAPPED : MissingCause.LOST);
    }
  }

  private void deliverPending() {
    TreeMap<Long, ArrayDeque<Part>> waiting = pending;
    if (waiting == null) {
      return;
    }
    Map.Entry<Long, ArrayDeque<Part>> first = waiting.firstEntry();
    while (first != null && first.getKey() <= next) {
      waiting.pollFirstEntry();
      for (Part part : first.getValue()) {
        pendingBytes -= part.run().length();
        deliver(part);
      }
      first = waiting.firstEntry();
    }
    if (waiting.isEmpty()) {
      pending = null;
    }
  }

  private void deliver(Part part) {
    Bytes run = part.run();
    int seen = (int) Math.min(run.length(), Math.max(0, next - part.position()));
    if (seen > 0) {
      countSeen(part, seen);
    }
    if (part.end() <= next) {
      return;
    }
    if (seen < run.length()) {
      Bytes fresh = run.slice(seen, run.length());
      handOn(fresh, part.position() + seen, part.startNanos(), part.endNanos());
    }
    if (part.end() > next) {
      long cut = part.end() - next;
      lostBytes += cut;
      next = part.end();
      map()
          .add(
              cut,
              part.cutCause() == MissingCause.CUT ? ByteMap.State.CUT : ByteMap.State.LOST,
              part.cutReason());
      sink.gap(cut, part.cutCause());
    }
  }

  private void handOn(Bytes run, long position, long startNanos, long endNanos) {
    next = position + run.length();
    deliveredBytes += run.length();
    if (map != null) {
      map.add(run.length(), ByteMap.State.CAPTURED, null);
    }
    Bytes[] runs = history;
    if (runs == null) {
      runs = new Bytes[HISTORY_RUNS];
      history = runs;
      historyPositions = new long[HISTORY_RUNS];
      historyPlaces = new long[HISTORY_RUNS];
    }
    runs[historyNext] = run;
    historyPositions[historyNext] = position;
    historyPlaces[historyNext] = place;
    historyNext = (historyNext + 1) % HISTORY_RUNS;
    sink.data(run, position, startNanos, endNanos);
  }

  /**
   * Lets go of the runs with which no bytes can be compared any more that come from a place on, and
   * so of the blocks that they lie in.
   */
  public void forget(long at) {
    Bytes[] runs = history;
    if (runs == null) {
      return;
    }
    boolean left = false;
    for (int i = 0; i < HISTORY_RUNS; i++) {
      if (at - historyPlaces[i] > COMPARABLE_WEIGHT) {
        runs[i] = Bytes.empty();
      }
      left |= runs[i] != null && !runs[i].isEmpty();
    }
    if (!left) {
      history = null;
      historyPositions = NONE;
      historyPlaces = NONE;
      historyNext = 0;
    }
  }

  /** Lets go of the blocks that the runs which wait lie in: copies them. */
  public void detach() {
    TreeMap<Long, ArrayDeque<Part>> waiting = pending;
    if (waiting != null) {
      for (ArrayDeque<Part> parts : waiting.values()) {
        for (int i = parts.size(); i > 0; i--) {
          parts.addLast(parts.removeFirst().detached());
        }
      }
    }
  }

  /** Returns how many bytes wait. */
  public long pendingBytes() {
    return pendingBytes;
  }

  /** Waits no longer for what is missing, as if it were lost. */
  public void giveUp() {
    boolean waited = true;
    while (waited) {
      waited = giveUpOldest();
    }
  }

  private ByteMap.Builder map() {
    ByteMap.Builder known = map;
    if (known == null) {
      known = ByteMap.newBuilder().add(deliveredBytes, ByteMap.State.CAPTURED, null);
      map = known;
    }
    return known;
  }

  /** Compares bytes that came before with what came before. */
  private void countSeen(Part part, int seen) {
    if (facts.inGap(part.position())) {
      lateBytes += seen;
      return;
    }
    duplicateBytes += seen;
    Bytes[] runs = history;
    for (int i = 0; runs != null && i < HISTORY_RUNS && runs[i] != null; i++) {
      if (place - historyPlaces[i] > COMPARABLE_WEIGHT) {
        continue;
      }
      long position = historyPositions[i];
      long from = Math.max(position, part.position());
      long to = Math.min(position + runs[i].length(), part.position() + seen);
      for (long at = from; at < to; at++) {
        byte was = runs[i].get((int) (at - position));
        if (was != part.run().get((int) (at - part.position()))) {
          conflictingBytes++;
        }
      }
    }
  }

  /** Says that no event of the stream comes any more, and hands on what is missing at its end. */
  public void finish() {
    giveUp();
    while (gapIndex < facts.gapCount()) {
      lose(facts.gapTo(gapIndex) - next);
      gapIndex++;
    }
  }

  /**
   * Returns what became of each byte; asked once, after {@link #finish}.
   *
   * @param fromStart whether position 0 is the connection's first byte
   * @param toEnd whether the end of the connection was seen
   */
  public ByteMap map(boolean fromStart, boolean toEnd) {
    return map().build(fromStart, toEnd);
  }

  /** Returns how many bytes were handed on. */
  public long deliveredBytes() {
    return deliveredBytes;
  }

  /** Returns how many bytes are known to be missing. */
  public long lostBytes() {
    return lostBytes;
  }

  /** Returns how many captured bytes came again. */
  public long duplicateBytes() {
    return duplicateBytes;
  }

  /** Returns how many captured bytes came when their place had been given up. */
  public long lateBytes() {
    return lateBytes;
  }

  /** Returns how many bytes came again with another value. */
  public long conflictingBytes() {
    return conflictingBytes;
  }
}
