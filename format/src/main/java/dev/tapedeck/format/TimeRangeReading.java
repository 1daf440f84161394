// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.CheckpointBody;
import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordScanner;
import dev.tapedeck.format.internal.RecordType;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the blocks that may hold events of a span of time, and little else: from the last
 * checkpoint back to the first that matters, then over the index of each, in the file's order.
 *
 * <p>The index is a copy and is not trusted: what it says of each checkpoint's blocks must add up
 * to what the records' headers say of them, and each block that is read must stand where the index
 * says and be as it says. Where that fails, the headers between the two checkpoints are read
 * instead.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class TimeRangeReading {
  /** Checkpoints that are held in memory; what lies before them is found by headers. */
  private static final int MAX_CHECKPOINTS = 1 << 16;

  private final Supplier<RecordScanner> scanners;
  private final RecordScanner scanner;
  private final RecordBacktrack backtrack;
  private final PlaneReader planes;
  private final TimeRange range;
  private final RecordWalk.DamageSink sink;
  private final RecordAction action;

  /** Reads a record that is wanted. */
  @FunctionalInterface
  interface RecordAction {
    void read(RecordHeader record, long offset) throws IOException;
  }

  /**
   * Prepares a reading.
   *
   * @param scanners makes scanners of the file that have passed no record
   * @param sink for what is found damaged between records
   * @param action reads blocks, and checks other records
   */
  TimeRangeReading(
      Supplier<RecordScanner> scanners,
      PlaneReader planes,
      TimeRange range,
      RecordWalk.DamageSink sink,
      RecordAction action) {
    this.scanners = scanners;
    this.scanner = scanners.get();
    this.backtrack = new RecordBacktrack(scanner);
    this.planes = planes;
    this.range = range;
    this.sink = sink;
    this.action = action;
  }

  /** Reads the records, in the file's order. */
  void read() throws IOException {
    Deque<PlacedRecord> checkpoints = new ArrayDeque<>();
    PlacedRecord at = indexFrom(backtrack.last());
    while (at != null && mayHoldBefore(at.header()) && checkpoints.size() < MAX_CHECKPOINTS) {
      checkpoints.addFirst(at);
      at = indexBefore(at);
    }
    PlacedRecord previous = checkpoints.size() < MAX_CHECKPOINTS ? at : null;
    for (PlacedRecord checkpoint : checkpoints) {
      readSegment(previous, checkpoint);
      previous = checkpoint;
    }
    readByHeaders(previous, Long.MAX_VALUE);
  }

  /** The header of a checkpoint states the times of all blocks before it. */
  private boolean mayHoldBefore(RecordHeader checkpoint) {
    return checkpoint.eventsBefore() > 0
        && range.intersects(checkpoint.firstNanos(), checkpoint.lastNanos());
  }

  /** Returns the last record with an index up to this one. */
  private @Nullable PlacedRecord indexFrom(@Nullable PlacedRecord place) throws IOException {
    PlacedRecord at = place;
    while (at != null
        && at.header().type() != RecordType.CHECKPOINT
        && at.header().type() != RecordType.FOOTER) {
      at = backtrack.before(at);
    }
    return at;
  }

  private @Nullable PlacedRecord indexBefore(PlacedRecord checkpoint) throws IOException {
    CheckpointBody body = body(checkpoint);
    if (body != null && body.previousCheckpoint() == 0) {
      return null;
    }
    if (body != null && body.previousCheckpoint() < checkpoint.offset()) {
      long offset = body.previousCheckpoint();
      RecordHeader header = offset < 0 ? null : scanner.at(offset, 0);
      if (header != null && header.type() == RecordType.CHECKPOINT) {
        return new PlacedRecord(offset, header);
      }
    }
    return indexFrom(backtrack.before(checkpoint));
  }

  private @Nullable CheckpointBody body(PlacedRecord checkpoint) throws IOException {
    try {
      return CheckpointBody.parse(planes.metadata(checkpoint.header(), checkpoint.offset()));
    } catch (MalformedPlaneException e) {
      return null; // Reported when the reading passes the record; headers take its place.
    }
  }

  /**
   * Reads the blocks between two checkpoints.
   *
   * @param previous null for the start of the file
   */
  private void readSegment(@Nullable PlacedRecord previous, PlacedRecord checkpoint)
      throws IOException {
    CheckpointBody index = body(checkpoint);
    if (index == null || !addsUp(index, previous, checkpoint)) {
      readByHeaders(previous, checkpoint.offset());
      action.read(checkpoint.header(), checkpoint.offset());
      return;
    }
    PlacedRecord last = previous;
    for (int i = 0; i < index.rows(); i++) {
      if (!range.intersects(index.firstNanos()[i], index.lastNanos()[i])) {
        continue;
      }
      long offset = index.offsets()[i];
      RecordHeader block = scanner.at(offset, 0);
      if (block == null || !isAsIndexed(block, index, i)) {
        readByHeaders(last, checkpoint.offset());
        return;
      }
      action.read(block, offset);
      last = new PlacedRecord(offset, block);
    }
  }

  private static boolean isAsIndexed(RecordHeader block, CheckpointBody index, int row) {
    return block.type() == RecordType.BLOCK
        && block.lengthBytes() == index.lengths()[row]
        && block.eventCount() == index.eventCounts()[row]
        && block.firstNanos() == index.firstNanos()[row]
        && block.lastNanos() == index.lastNanos()[row];
  }

  /** Returns whether the index agrees with what the headers of both checkpoints say. */
  private static boolean addsUp(
      CheckpointBody index, @Nullable PlacedRecord previous, PlacedRecord checkpoint) {
    FileTotals before = new FileTotals();
    if (previous != null) {
      before.begin(previous.header());
    }
    RecordHeader after = checkpoint.header();
    long events = before.events();
    long dataBytes = before.dataBytes();
    long first = events == 0 ? Long.MAX_VALUE : before.firstNanos();
    long last = events == 0 ? 0 : before.lastNanos();
    long end = previous == null ? 0 : previous.end();
    for (int i = 0; i < index.rows(); i++) {
      if (index.offsets()[i] < end) {
        return false;
      }
      end = index.offsets()[i] + index.lengths()[i];
      events += index.eventCounts()[i];
      dataBytes += index.dataBytes()[i];
      first = Math.min(first, index.firstNanos()[i]);
      last = Math.max(last, index.lastNanos()[i]);
    }
    return end <= checkpoint.offset()
        && before.blocks() + index.rows() == after.blocksBefore()
        && events == after.eventsBefore()
        && dataBytes == after.dataBytesBefore()
        && (events == 0 || (first == after.firstNanos() && last == after.lastNanos()));
  }

  /**
   * Reads what begins before {@code to} as the headers say.
   *
   * @param after the record after which to begin; null for the start of the file
   */
  private void readByHeaders(@Nullable PlacedRecord after, long to) throws IOException {
    RecordWalk walk = new RecordWalk(scanners.get(), sink);
    if (after != null) {
      walk.resumeAfter(after);
    }
    for (RecordHeader record = walk.next();
        record != null && walk.offset() < to;
        record = walk.next()) {
      if (record.type() != RecordType.BLOCK
          || range.intersects(record.firstNanos(), record.lastNanos())) {
        action.read(record, walk.offset());
      }
    }
  }
}
