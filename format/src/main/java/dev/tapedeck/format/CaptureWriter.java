// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.AppendChannel;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes a capture.
 *
 * <p><b>Lifecycle:</b> {@code create}, then any number of {@link #write}, {@link #watermark},
 * {@link #flush} and {@link #flushIfDue}, then {@link #close}, which completes the file, or {@link
 * #abandon}, which leaves it as it is. Either is safe to repeat. Until it is complete the file is
 * named {@code NAME.partial}.
 *
 * <p>When {@link #flush} has returned, every event written before it is in the file and outlives
 * this process, however it ends; {@link #close} makes the file outlive the host too.
 *
 * <p><b>Threads:</b> confined to one thread, which must not be interrupted while it writes: an
 * interrupt closes a {@link java.nio.channels.FileChannel}. Only {@link #sync} is for any thread.
 * The writer may be handed over to another thread for good, for instance to be closed.
 * <b>Ownership:</b> nothing of an event is kept when {@code write} returns.
 *
 * <p><b>Errors:</b> an {@link IOException} names file, record and offset. The file then ends after
 * its last whole block and is readable; the events of the block that was refused are dropped,
 * counted, and stated in the file by a {@link LossEvent} as soon as a write succeeds. The writer
 * may be used on.
 */
public final class CaptureWriter implements AutoCloseable {
  private final @Nullable CaptureFile file;
  private final FreeSpaceFloor floor;
  private final RecordAppender records;
  private final WriterOptions options;
  private final BlockEncoder block = new BlockEncoder();
  private final DataRecord shared = new DataRecord();
  private final LossLedger losses = new LossLedger();
  private final CheckpointSchedule checkpoints;
  private final long blockSpanNanos;
  private final long blockAgeNanos;
  private long watermarkNanos;
  private boolean closed;
  private boolean completed;

  private CaptureWriter(
      @Nullable CaptureFile file,
      AppendChannel channel,
      CaptureHeader header,
      WriterOptions options) {
    this.file = file;
    this.floor = new FreeSpaceFloor(file, options.freeSpaceFloorBytes());
    this.records = new RecordAppender(channel, header, options);
    this.options = options;
    this.checkpoints = new CheckpointSchedule(options);
    this.blockSpanNanos = options.blockSpan().toNanos();
    this.blockAgeNanos = options.blockAge().toNanos();
  }

  /**
   * Begins a capture that will be {@code file}, replacing what has that name when it is complete.
   *
   * @throws IOException when {@code file.partial} exists or cannot be made or written
   */
  public static CaptureWriter create(Path file, CaptureHeader header, WriterOptions options)
      throws IOException {
    CaptureFile target = new CaptureFile(file);
    return begin(target, target.create(), target.name(), header, options);
  }

  /**
   * Begins a capture in an empty channel, which the writer will close.
   *
   * @param name for messages
   */
  public static CaptureWriter create(
      SeekableByteChannel channel, String name, CaptureHeader header, WriterOptions options)
      throws IOException {
    return begin(null, channel, name, header, options);
  }

  private static CaptureWriter begin(
      @Nullable CaptureFile file,
      SeekableByteChannel channel,
      String name,
      CaptureHeader header,
      WriterOptions options)
      throws IOException {
    CaptureWriter writer =
        new CaptureWriter(file, new AppendChannel(channel, name), header, options);
    try {
      writer.records.appendFileHeader();
    } catch (IOException e) {
      writer.abandonAfter(e);
      if (file != null) {
        file.discard(e);
      }
      throw e;
    }
    return writer;
  }

  /**
   * Adds an event, and writes the block that it fills.
   *
   * @throws IOException when a block cannot be written; the event was taken all the same, and is in
   *     the open block or counted as dropped
   * @throws IllegalArgumentException when the event is too large for the format (8 MiB of payload,
   *     1 MiB of texts), has a negative time, or is a data event without payload; nothing is lost
   */
  public void write(CaptureEvent event) throws IOException {
    requireOpen();
    BlockEncoder.check(event);
    if (event instanceof StreamEvent.Data data) {
      shared.set(data);
      write(shared);
      return;
    }
    long exitNanos = event.stamp().exitNanos();
    IOException refused = null;
    if (isBlockDue(exitNanos) || !block.hasRoomFor(event)) {
      refused = flushed();
    }
    // Taken even if the block before was refused: each event is written, or counted as dropped.
    block.add(event);
    taken(event.stamp().process(), exitNanos, refused);
  }

  /**
   * Adds a data event, and writes the block that it fills: what {@link #write(CaptureEvent)} does
   * with the event of these values, to the same bytes, without making one.
   *
   * @throws IOException as there
   * @throws IllegalArgumentException as there
   */
  public void write(DataRecord data) throws IOException {
    requireOpen();
    BlockEncoder.check(data);
    long exitNanos = data.exitNanos();
    IOException refused = null;
    if (isBlockDue(exitNanos) || !block.hasRoomFor(data)) {
      refused = flushed();
    }
    block.add(data);
    taken(data.process(), exitNanos, refused);
  }

  private void taken(ProcessKey process, long exitNanos, @Nullable IOException refused)
      throws IOException {
    losses.taken(process.hostId(), exitNanos);
    IOException failed = refused;
    if (isBlockFull(exitNanos)) {
      IOException alsoRefused = flushed();
      failed = failed == null ? alsoRefused : failed;
    }
    if (failed != null) {
      throw failed;
    }
  }

  /**
   * States that no event with an exit time before this one will be written.
   *
   * @param monotonicNanos on the clock of the events
   */
  public void watermark(long monotonicNanos) {
    watermarkNanos = Math.max(watermarkNanos, monotonicNanos);
  }

  /** Closes the block and writes it; when this returns, it is in the file. */
  public void flush() throws IOException {
    requireOpen();
    losses.stateIn(block);
    if (block.eventCount() == 0) {
      return;
    }
    try {
      records.appendBlock(block, watermarkNanos, floor);
    } catch (IOException e) {
      losses.refused(block);
      throw e;
    } finally {
      block.clear();
      losses.blockEnded();
    }
    checkpointIfDue();
  }

  /** Flushes when the block's first event is older than the block age. */
  public boolean flushIfDue(long nowMonotonicNanos) throws IOException {
    boolean due = isBlockDue(nowMonotonicNanos);
    if (due) {
      flush();
    }
    return due;
  }

  private boolean isBlockFull(long nowNanos) {
    int bytes = block.roughBytes();
    return bytes >= Math.max(WriterOptions.BUSY_BLOCK_BYTES, options.blockBytes())
        || (bytes >= options.blockBytes()
            && (blockSpanNanos == 0
                || records.efforts().isStoring()
                || nowNanos - block.openedNanos() >= blockSpanNanos))
        || block.eventCount() == BlockEncoder.MAX_EVENTS;
  }

  private boolean isBlockDue(long nowNanos) {
    return block.eventCount() > 0 && nowNanos - block.openedNanos() >= blockAgeNanos;
  }

  /**
   * Tells the writer where to ask, before each block, how much is waiting to be written; with
   * {@link Codec#ADAPTIVE} that decides how hard the block is compressed.
   *
   * @param backlog gives the filled share of the caller's buffer, 0 to 1; asked on the thread that
   *     writes
   */
  public void followBacklog(DoubleSupplier backlog) {
    records.efforts().follow(backlog);
  }

  /** Returns the length of the file in whole records. */
  public long fileBytes() {
    return records.length();
  }

  /**
   * Makes every block that was acknowledged before the call durable: it then outlives the host. May
   * take as long as the disk takes; writing goes on meanwhile.
   *
   * <p><b>Threads:</b> unlike all other methods, any thread may call this one, and none needs to
   * wait for another. A thread that may be interrupted must not: the interrupt would close the
   * file.
   *
   * @return false when the writer is closed, or was closed meanwhile
   * @throws IOException when the system cannot make the file durable. Blocks that were written
   *     since the last success may be missing from the disk after a crash of the host, even if a
   *     later call succeeds, for Linux reports a failed write-back once (fsync(2), EIO)
   */
  public boolean sync() throws IOException {
    try {
      records.sync();
      return true;
    } catch (ClosedChannelException e) {
      return false;
    }
  }

  /** Returns what was written so far; events of the open block are not counted. */
  public WriterStats stats() {
    FileTotals totals = records.totals();
    return new WriterStats(
        totals.events(),
        totals.dataBytes(),
        totals.blocks(),
        records.length(),
        totals.lostEvents(),
        totals.lostBytes(),
        losses.droppedEvents(),
        records.efforts().storedBlocks(),
        records.efforts().thoroughBlocks(),
        losses.unstatedEvents(),
        losses.unstatedBytes());
  }

  /**
   * Completes the file: last block, footer, trailer, fsync, final name.
   *
   * @throws IOException when the last block is refused: the file is completed all the same where
   *     that is possible, and states the loss; or when footer, trailer, fsync or the final name
   *     fail: the file then keeps its {@code .partial} name and is readable up to its last whole
   *     record
   */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    floor.lift();
    IOException refused = flushLast();
    try {
      records.appendEnd(watermarkNanos);
    } catch (IOException e) {
      IOException failure = refused == null ? e : refused;
      if (failure != e) {
        failure.addSuppressed(e);
      }
      abandonAfter(failure);
      throw failure;
    }
    release();
    if (file != null) {
      file.complete();
      completed = true;
    }
    if (refused != null) {
      throw refused;
    }
  }

  /** Writes the last block, or where it is refused a small one that says so. */
  private @Nullable IOException flushLast() {
    IOException refused = flushed();
    if (refused != null) {
      IOException alsoRefused = flushed();
      if (alsoRefused != null) {
        refused.addSuppressed(alsoRefused);
      }
    }
    return refused;
  }

  /** Flushes; returns what went wrong, or null. */
  private @Nullable IOException flushed() {
    try {
      flush();
      return null;
    } catch (IOException e) {
      return e;
    }
  }

  /** Closes the file without completing it; the open block is dropped. */
  public void abandon() throws IOException {
    if (!closed) {
      release();
    }
  }

  /**
   * Closes the file and removes it unless it is complete: for who can make it again.
   *
   * @param failure why; gets what fails now too
   */
  public void discard(IOException failure) {
    abandonAfter(failure);
    if (file != null && !completed) {
      file.discard(failure);
    }
  }

  private void abandonAfter(IOException failure) {
    try {
      abandon();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private void release() throws IOException {
    closed = true;
    records.close();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("closed=true");
    }
  }

  private void checkpointIfDue() throws IOException {
    long nowNanos = records.totals().lastNanos();
    if (checkpoints.isDue(records.length(), nowNanos, records.indexRows())) {
      long offset = records.length();
      records.appendCheckpoint(watermarkNanos);
      checkpoints.written(offset, nowNanos);
    }
  }
}
