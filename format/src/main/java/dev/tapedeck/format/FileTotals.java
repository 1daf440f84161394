// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.RecordHeader;

/**
 * Sums over the blocks of a file, as its checkpoints state them.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class FileTotals {
  private long blocks;
  private long events;
  private long dataBytes;
  private long firstNanos;
  private long lastNanos;
  private long watermarkNanos;
  private long lostEvents;
  private long lostBytes;

  /** Begins with what a record that is no block states of all blocks before it. */
  void begin(RecordHeader record) {
    blocks = record.blocksBefore();
    events = record.eventsBefore();
    dataBytes = record.dataBytesBefore();
    firstNanos = record.firstNanos();
    lastNanos = record.lastNanos();
    stated(record);
  }

  /**
   * Takes the losses that a record states which is no block: those of loss records, of which only
   * later records tell, are among them.
   */
  void stated(RecordHeader record) {
    watermarkNanos = Math.max(watermarkNanos, record.watermarkNanos());
    lostEvents = Math.max(lostEvents, record.lostEvents());
    lostBytes = Math.max(lostBytes, record.lostBytes());
  }

  /** Counts a block. */
  void add(RecordHeader block) {
    firstNanos = events == 0 ? block.firstNanos() : Math.min(firstNanos, block.firstNanos());
    lastNanos = Math.max(lastNanos, block.lastNanos());
    watermarkNanos = Math.max(watermarkNanos, block.watermarkNanos());
    blocks++;
    events += block.eventCount();
    dataBytes += block.presentDataBytes();
    lostEvents += block.lostEvents();
    lostBytes += block.lostBytes();
  }

  /** Counts what a loss record states. */
  void add(CopyLoss loss) {
    lostEvents += Math.max(0, loss.events());
    lostBytes += Math.max(0, loss.dataBytes());
  }

  long blocks() {
    return blocks;
  }

  long events() {
    return events;
  }

  long dataBytes() {
    return dataBytes;
  }

  long firstNanos() {
    return firstNanos;
  }

  long lastNanos() {
    return lastNanos;
  }

  long watermarkNanos() {
    return watermarkNanos;
  }

  long lostEvents() {
    return lostEvents;
  }

  long lostBytes() {
    return lostBytes;
  }
}
