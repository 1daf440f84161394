// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.RecordHeader;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compares the events of blocks with what headers and the recorder promise of them.
 *
 * <p><b>Threads:</b> confined to one thread. <b>Limits:</b> some 200 bytes of memory for each
 * stream that is not closed.
 */
final class EventCheck {
  private final Consumer<Finding> findings;
  private final Map<EventSource, Sequences> sources = new HashMap<>();
  private final StreamCheck streams = new StreamCheck();
  private long watermarkNanos;
  private long statedLoss;
  private boolean lossUnknown;
  private long blockOffset;
  private long events;
  private long dataBytes;
  private long lostEvents;
  private long lostBytes;
  private long firstNanos;
  private long lastNanos;
  private long late;

  private record EventSource(long hostId, int ring, int cpu) {}

  /** Which of the sequences of a source were seen. */
  private static final class Sequences {
    private long first = Long.MAX_VALUE;
    private long last = -1;
    private long count;

    void add(long sequence) {
      first = Math.min(first, sequence);
      last = Math.max(last, sequence);
      count++;
    }

    long missing() {
      return Math.max(0, last - first + 1 - count);
    }
  }

  EventCheck(Consumer<Finding> findings) {
    this.findings = findings;
  }

  void beginBlock(long offset) {
    blockOffset = offset;
    events = 0;
    dataBytes = 0;
    lostEvents = 0;
    lostBytes = 0;
    firstNanos = Long.MAX_VALUE;
    lastNanos = 0;
    late = 0;
  }

  void event(CaptureEvent event) {
    EventStamp stamp = event.stamp();
    events++;
    firstNanos = Math.min(firstNanos, stamp.exitNanos());
    lastNanos = Math.max(lastNanos, stamp.exitNanos());
    late += stamp.exitNanos() < watermarkNanos ? 1 : 0;
    EventOrigin origin = stamp.origin();
    if (origin.cpu() >= 0) {
      sources
          .computeIfAbsent(
              new EventSource(stamp.process().hostId(), origin.ring(), origin.cpu()),
              unused -> new Sequences())
          .add(origin.sequence());
    }
    if (event instanceof LossEvent loss) {
      lostEvents += Math.max(0, loss.events());
      lostBytes += Math.max(0, loss.lostBytes());
      lost(loss.events());
    } else if (event instanceof StreamEvent.Data data) {
      dataBytes += data.capturedLength();
    }
    streams.add(event, blockOffset);
  }

  /** Notes that so many events are known to be lost; {@link Damage#UNKNOWN} for nobody knows. */
  void lost(long count) {
    lossUnknown |= count < 0;
    statedLoss += Math.max(0, count);
  }

  /**
   * Compares a block's events with its header.
   *
   * @param whole false when events of the block are missing
   */
  void endBlock(RecordHeader block, boolean whole) {
    if (late > 0) {
      findings.accept(
          Finding.warning(
              "watermark",
              blockOffset,
              late + " events are earlier than the watermark of a block before promises"));
    }
    watermarkNanos = Math.max(watermarkNanos, block.watermarkNanos());
    if (!whole || events == 0) {
      return;
    }
    compare("data_bytes", block.dataBytes(), dataBytes);
    compare("first_nanos", block.firstNanos(), firstNanos);
    compare("last_nanos", block.lastNanos(), lastNanos);
    compare("lost_events", block.lostEvents(), lostEvents);
    compare("lost_bytes", block.lostBytes(), lostBytes);
  }

  private void compare(String field, long stated, long counted) {
    if (stated != counted) {
      findings.accept(
          Finding.error(
              "content", blockOffset, field + " is " + stated + ", the events give " + counted));
    }
  }

  /**
   * Tells what only all events together show.
   *
   * @param derivation of the file: events that a filter left out are not missing
   */
  void finish(@Nullable Derivation derivation) {
    streams.tell(findings);
    long missing = sources.values().stream().mapToLong(Sequences::missing).sum();
    boolean copy =
        derivation == null
            || derivation.origins().stream().anyMatch(origin -> origin.endSequence() > 0);
    if (copy && !lossUnknown && missing > statedLoss) {
      findings.accept(
          Finding.warning(
              "sequence",
              0,
              missing
                  + " events are missing in the sequences of their sources, and "
                  + statedLoss
                  + " are stated as lost"));
    }
  }
}
