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
 * <p>A section goes through four steps. Any thread decodes it to rows. In the capture's order it is
 * admitted, that is cut into pieces at the checkpoints of {@link Relief} and at damage, and each
 * piece queued to the shards. A shard takes its pieces one after the other, on its own thread or on
 * one that is free. The asking thread hands out what was found, piece by piece. No step waits, but
 * for one case: a shard passes a checkpoint when all have passed the one before.
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
  private final Buckets buckets;
  private final ShardQueue[] queues;
  private final Deque<SectionWork> unadmitted = new ArrayDeque<>();

  /** The asking thread's. */
  private final Deque<SectionRows> spareRows = new ArrayDeque<>();

  private long nextCheckpoint = Relief.STRETCH;
  private int checkpoints;
  private long events;
  private long place;
  private int damages;
  private int damagesHandedOut;
  private volatile boolean isStale;
  private volatile Checkpoint.Passed passed = new Checkpoint.Passed(0, Relief.NONE);

  private ShardedReading(
      Crew crew, AnalyzerOptions options, CaptureIndex index, Delivery delivery) {
    this.crew = crew;
    this.index = index;
    this.delivery = delivery;
    this.relief = new Relief(options.maxOpenBytes());
    this.buckets = new Buckets(crew.size() * SHARDS_PER_THREAD);
    this.queues = new ShardQueue[buckets.shards()];
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
    SectionRows spare = spareRows.poll();
    SectionRows rows = spare == null ? new SectionRows(index, buckets) : spare;
    SectionWork work = new SectionWork(this, section, rows);
    synchronized (this) {
      unadmitted.add(work);
    }
    return work;
  }

  /** Takes back rows that no shard needs any more. */
  void recycle(SectionRows rows) {
    rows.clear();
    spareRows.push(rows);
  }

  private AnalysisStats finish(WorkLine line) throws IOException {
    List<Channel> channels = index.channels();
    for (int from = 0; from < channels.size(); from += ENDED_AT_ONCE) {
      int to = Math.min(channels.size(), from + ENDED_AT_ONCE);
      line.add(new EndWork(this, channels.subList(from, to)));
    }
    line.finish();
    Shard[] shards = Arrays.stream(queues).map(ShardQueue::shard).toArray(Shard[]::new);
    synchronized (this) {
      return SecondReading.stats(events, delivery, index, damages, shards);
    }
  }

  /** Admits what can be: called whenever a section was decoded. */
  synchronized void admit() {
    SectionWork work = unadmitted.peek();
    while (work != null && work.isDecoded()) {
      unadmitted.remove();
      admit(work);
      work.done();
      work = unadmitted.peek();
    }
  }

  private void admit(SectionWork work) {
    SectionRows rows = work.rows();
    long from = place;
    work.begin(events, from);
    for (int i = 0; i < rows.damages().size() && !isStale; i++) {
      SectionRows.DamagePlace damage = rows.damages().get(i);
      admitUpTo(work, from + damage.place());
      isStale = !index.isForeseen(damage.damage(), damages);
      damages++;
      work.add(new RowsPiece(work, queues.length, place, damage.damage()), queues);
    }
    if (!isStale) {
      admitUpTo(work, from + rows.weight());
      events += rows.events();
    }
  }

  /** Admits the section's events up to a place. */
  private void admitUpTo(SectionWork work, long end) {
    while (nextCheckpoint <= end) {
      place = nextCheckpoint;
      work.add(new RowsPiece(work, queues.length, place, null), queues);
      work.add(new Checkpoint(this, work, queues.length, checkpoints, place), queues);
      checkpoints++;
      nextCheckpoint += Relief.STRETCH;
    }
    if (place < end) {
      place = end;
      work.add(new RowsPiece(work, queues.length, end, null), queues);
    }
  }

  /** Returns what the checkpoints led to that all shards have passed. */
  Checkpoint.Passed passed() {
    return passed;
  }

  /** Takes that all shards have passed the next checkpoint, and what they keep there. */
  synchronized void passed(long heldBytes, int openChannels) {
    boolean relieved = passed.keepBytes() != Relief.NONE;
    long keepBytes = relief.after(heldBytes, openChannels, relieved);
    passed = new Checkpoint.Passed(passed.count() + 1, keepBytes);
    for (ShardQueue queue : queues) {
      queue.goOn();
    }
  }

  /** Queues what ends channels. */
  synchronized void end(EndWork work, List<Channel> channels) {
    work.add(new EndPiece(work, channels, buckets, events), queues);
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
