// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import org.jspecify.annotations.Nullable;

/**
 * Keeps account of what failed writes dropped until the file says so.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class LossLedger {
  private @Nullable EventStamp lastStamp;
  private long droppedEvents;
  private long unstatedEvents;
  private long unstatedBytes;
  private int ownEventsInBlock;

  /** Notes an event that was taken, whose time a statement will bear. */
  void taken(EventStamp stamp) {
    lastStamp = stamp;
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
    EventStamp stamp = lastStamp;
    if (unstatedEvents == 0 || stamp == null) {
      return;
    }
    EventStamp none =
        new EventStamp(
            new ProcessKey(stamp.process().hostId(), 0, 0),
            0,
            0,
            stamp.exitNanos(),
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
