// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.AnalysisStats;
import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.stream.CaptureIndex;
import dev.tapedeck.analyzer.stream.Channel;
import dev.tapedeck.format.CaptureSection;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.Projection;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The reading of a capture with its payload by several threads.
 *
 * <p>A section goes through four steps. Any thread decodes it and deals its events out to shards.
 * In the capture's order it is admitted, that is cut into pieces at the checkpoints of {@link
 * Relief} and at damage, and each piece queued to the shards. A shard takes its pieces one after
 * the other, on whichever thread is free. The asking thread hands out what was found, piece by
 * piece. No step waits, but for one case: a piece that ends at a checkpoint is admitted when all
 * shards have passed the checkpoint before.
 *
 * <p><b>Threads:</b> {@link #read} is the asking thread's. What is mutable here is guarded by
 * {@code this}; shards belong to the thread that works on their queue.
 */
final class ShardedReading {
  /** More shards than threads: connections differ in how much work they are. */
  private static final int SHARDS_PER_THREAD = 4;

  /** So many channels are ended in one go at the end of the capture. */
  private static final int ENDED_AT_ONCE = 1024;

  private final Crew crew;
  private final CaptureIndex index;
  private final Delivery delivery;
  private final Relief relief;
  private final ShardQueue[] queues;
  private final Deque<SectionWork> unadmitted = new ArrayDeque<>();
  private long nextCheckpoint = Relief.STRETCH;
  private long events;
  private long place;
  private int damages;
  private int damagesHandedOut;
  private volatile boolean isStale;

  /** The latest piece that ends at a checkpoint, and what follows from it when it is done. */
  private @Nullable Piece checkpoint;

  private long keepBytes = Relief.NONE;

  private ShardedReading(
      Crew crew, AnalyzerOptions options, CaptureIndex index, Delivery delivery) {
    this.crew = crew;
    this.index = index;
    this.delivery = delivery;
    this.relief = new Relief(options.maxOpenBytes());
    this.queues = new ShardQueue[crew.size() * SHARDS_PER_THREAD];
    for (int i = 0; i < queues.length; i++) {
      queues[i] = new ShardQueue(crew, new Shard(options, index), i);
    }
  }

  /** Reads a source; returns null when it is damaged in a way that the index does not know of. */
  static @Nullable AnalysisStats read(
      Crew crew, EventSource source, AnalyzerOptions options, CaptureIndex index, Delivery delivery)
      throws IOException {
    ShardedReading reading = new ShardedReading(crew, options, index, delivery);
    WorkLine line = new WorkLine(crew);
    line.read(source, Projection.ALL, reading::work, () -> reading.isStale);
    return reading.isStale ? null : reading.finish(line);
  }

  private Work work(CaptureSection section) {
    SectionWork work =
        new SectionWork(this, section, new SectionRows(index, queues.length, section.events()));
    synchronized (this) {
      unadmitted.add(work);
    }
    return work;
  }

  private AnalysisStats finish(WorkLine line) throws IOException {
    List<Channel> channels = index.channels();
    for (int from = 0; from < channels.size(); from += ENDED_AT_ONCE) {
      int to = Math.min(channels.size(), from + ENDED_AT_ONCE);
      line.add(new EndWork(this, channels.subList(from, to), queues.length));
    }
    line.finish();
    Shard[] shards = Arrays.stream(queues).map(ShardQueue::shard).toArray(Shard[]::new);
    synchronized (this) {
      return SecondReading.stats(events, delivery, index, damages, shards);
    }
  }

  /** Admits what can be: called whenever a section was decoded or a checkpoint passed. */
  synchronized void admit() {
    Piece passed = checkpoint;
    if (passed != null && passed.isDone()) {
      keepBytes = relief.after(passed.heldBytes(), passed.openChannels(), passed.relieves());
      checkpoint = null;
    }
    SectionWork work = unadmitted.peek();
    while (work != null && work.isDecoded() && admit(work)) {
      unadmitted.remove();
      work.admitted();
      work = unadmitted.peek();
    }
  }

  /** Returns whether all of the section is admitted. */
  private boolean admit(SectionWork work) {
    SectionRows rows = work.rows();
    while (!isStale && work.nextDamage < rows.damages().size()) {
      SectionRows.DamagePlace damage = rows.damages().get(work.nextDamage);
      if (!admitUpTo(work, damage.place())) {
        return false;
      }
      work.nextDamage++;
      isStale = !index.isForeseen(damage.damage(), damages);
      damages++;
      work.add(new Piece(work, queues.length, place, Relief.NONE, false, damage.damage()), queues);
    }
    if (!isStale) {
      if (!admitUpTo(work, rows.weight())) {
        return false;
      }
      events += rows.events();
    }
    return true;
  }

  /** Admits the section's events up to a place in it; returns false when a checkpoint is open. */
  private boolean admitUpTo(SectionWork work, long placeInSection) {
    if (!work.isBegun()) {
      work.begin(events, place);
    }
    long end = work.place() + placeInSection;
    while (nextCheckpoint <= end) {
      if (checkpoint != null) {
        return false;
      }
      Piece piece = new Piece(work, queues.length, nextCheckpoint, keepBytes, true, null);
      keepBytes = Relief.NONE;
      checkpoint = piece;
      place = nextCheckpoint;
      nextCheckpoint += Relief.STRETCH;
      work.add(piece, queues);
    }
    if (place < end) {
      place = end;
      work.add(new Piece(work, queues.length, end, Relief.NONE, false, null), queues);
    }
    return true;
  }

  /** Queues what ends channels. */
  synchronized void end(EndWork work) {
    work.add(new Piece(work, queues.length, place, Relief.NONE, false, null), queues);
  }

  /** Returns the number of the last event, when all are admitted. */
  synchronized long events() {
    return events;
  }

  Crew crew() {
    return crew;
  }

  /** Hands out what pieces found. */
  void handOut(List<Piece> pieces) throws IOException {
    for (Piece piece : pieces) {
      delivery.handOut(piece.found());
      Damage damage = piece.damage();
      if (damage != null) {
        damagesHandedOut++;
        delivery.damage(damage, damagesHandedOut);
      }
    }
  }
}
