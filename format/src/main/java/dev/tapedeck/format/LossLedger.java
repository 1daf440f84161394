// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * Keeps account of what failed writes dropped until the file says so.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class LossLedger {
  private boolean hasTaken;
  private long lastHostId;
  private long lastNanos;
  private long droppedEvents;
  private long unstatedEvents;
  private long unstatedBytes;
  private int ownEventsInBlock;

  /** Notes an event that was taken, whose host and time a statement will bear. */
  void taken(long hostId, long exitNanos) {
    hasTaken = true;
    lastHostId = hostId;
    lastNanos = exitNanos;
  }

  /** Counts what was in a block that could not be written, statements and all. */
  void refused(BlockEncoder block) {
    int refused = block.eventCount() - ownEventsInBlock;
    droppedEvents += refused;
    unstatedEvents += refused + block.lostEvents();
    unstatedBytes += block.dataBytes() + block.lostBytes();
  }

  /** Notes that the block is gone, written or not. */
  void blockEnded() {
    ownEventsInBlock = 0;
  }

  /** Puts what is not stated yet into the block, so that the file says so. */
  void stateIn(BlockEncoder block) {
    if (unstatedEvents == 0 || !hasTaken) {
      return;
    }
    EventStamp none =
        new EventStamp(
            new ProcessKey(lastHostId, 0, 0),
            0,
            0,
            lastNanos,
            EventOrigin.userSpace(droppedEvents));
    block.add(
        new LossEvent(none, LossEvent.Cause.WRITE_FAILED, unstatedEvents, unstatedBytes, null));
    ownEventsInBlock++;
    unstatedEvents = 0;
    unstatedBytes = 0;
  }

  /** Returns how many events were dropped so far, stated or not. */
  long droppedEvents() {
    return droppedEvents;
  }

  long unstatedEvents() {
    return unstatedEvents;
  }

  long unstatedBytes() {
    return unstatedBytes;
  }
}
