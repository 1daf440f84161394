// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.HeldRecord;
import dev.tapedeck.format.internal.RecordChannel;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordScanner;
import dev.tapedeck.format.internal.RecordType;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Reads a file with several threads: the calling one reads the file and calls the visitor, workers
 * check, decompress and decode blocks.
 *
 * <p>What the walk over the file finds and what the workers make of its records stands in one queue
 * in the file's order, from which the visitor gets it. So a reading is the same whatever the number
 * of threads.
 *
 * <p><b>Threads:</b> {@link #read} is confined to one thread; its workers have ended when it
 * returns, however it does.
 *
 * <p><b>Limits:</b> as many blocks as there are workers and {@value #SPARE_BLOCKS} more are in
 * memory, decoded or not.
 */
final class ParallelReading {
  private static final int SPARE_BLOCKS = 2;

  private final String name;
  private final RecordChannel channel;
  private final PlaneReader planes;
  private final int maxBytes;
  private final Projection projection;
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedQueue<Decoder> idle = new ConcurrentLinkedQueue<>();
  private final Deque<Future<RecordOutcome>> queue = new ArrayDeque<>();

  /**
   * Prepares a reading.
   *
   * @param name the file's, for messages
   * @param maxBytes planes that are larger are not read
   */
  ParallelReading(
      String name, RecordChannel channel, PlaneReader planes, int maxBytes, Projection projection) {
    this.name = name;
    this.channel = channel;
    this.planes = planes;
    this.maxBytes = maxBytes;
    this.projection = projection;
  }

  /** What one worker needs for itself. */
  private static final class Decoder {
    private final HeldRecord held = new HeldRecord();
    private final PlaneReader planes;
    private final RecordReader records;

    Decoder(String name, PlaneReader model) {
      planes = model.from(held);
      records = new RecordReader(name, planes);
    }
  }

  /**
   * Reads the file.
   *
   * @param scanner that has passed no record
   * @param workers how many threads decode
   * @param sink takes damage, on the calling thread
   */
  void read(RecordScanner scanner, int workers, CaptureVisitor visitor, RecordWalk.DamageSink sink)
      throws IOException {
    ExecutorService pool = Executors.newFixedThreadPool(workers, this::thread);
    try {
      RecordWalk walk =
          new RecordWalk(scanner, TamperGuard.over(planes.encrypted(), this::enqueue));
      while (enqueueNext(walk, pool)) {
        while (queue.size() > workers + SPARE_BLOCKS) {
          take().tell(visitor, sink);
        }
      }
      while (!queue.isEmpty()) {
        take().tell(visitor, sink);
      }
    } finally {
      end(pool);
    }
  }

  private Thread thread(Runnable task) {
    Thread thread = new Thread(task, "tapedeck-decode-" + (threads.size() + 1));
    thread.setDaemon(true);
    threads.add(thread);
    return thread;
  }

  private void enqueue(Damage damage) {
    RecordOutcome outcome = new RecordOutcome();
    outcome.damage(damage);
    queue.add(CompletableFuture.completedFuture(outcome));
  }

  /** Returns false after the last record; a failure to read the file takes its place in line. */
  private boolean enqueueNext(RecordWalk walk, ExecutorService pool) {
    try {
      RecordHeader record = walk.next();
      if (record == null) {
        return false;
      }
      long offset = walk.offset();
      byte[] stored = stored(record, offset);
      queue.add(pool.submit(() -> decode(record, offset, stored)));
      return true;
    } catch (IOException e) {
      queue.add(CompletableFuture.completedFuture(new RecordOutcome().failed(e)));
      return false;
    }
  }

  /** Returns the stored bytes of the planes that will be looked at. */
  private byte[] stored(RecordHeader record, long offset) throws IOException {
    int metadata = record.metadata().storedBytes();
    int payload = projection == Projection.ALL ? record.payload().storedBytes() : 0;
    if (!RecordType.isKnown(record.type()) || metadata > maxBytes) {
      return new byte[0];
    }
    byte[] bytes = new byte[metadata + (payload > maxBytes ? 0 : payload)];
    int count = channel.read(offset + RecordLayout.HEADER_BYTES, bytes, 0, bytes.length);
    return count == bytes.length ? bytes : Arrays.copyOf(bytes, count);
  }

  private RecordOutcome decode(RecordHeader record, long offset, byte[] stored) {
    Decoder own = idle.poll();
    Decoder decoder = own == null ? new Decoder(name, planes) : own;
    RecordOutcome outcome = new RecordOutcome();
    try {
      decoder.held.hold(stored, offset + RecordLayout.HEADER_BYTES);
      decoder.records.read(record, offset, projection, outcome, outcome::damage);
      return outcome;
    } catch (IOException e) {
      return outcome.failed(e);
    } finally {
      idle.add(decoder);
    }
  }

  private RecordOutcome take() throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw interrupted(); // A finished block would be handed out all the same.
    }
    try {
      return queue.remove().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error; // Such as memory that ran out: whoever called knows what to do.
      }
      throw new IllegalStateException("decoding a block of " + name, e.getCause());
    }
  }

  private InterruptedIOException interrupted() {
    return new InterruptedIOException(name + ": the reading was interrupted");
  }

  /** Waits for the workers, which only compute, and frees what they held. */
  private void end(ExecutorService pool) {
    queue.forEach(pending -> pending.cancel(false));
    pool.shutdown();
    boolean interrupted = Thread.interrupted();
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    idle.forEach(decoder -> decoder.planes.close());
  }
}
