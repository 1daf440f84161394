// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.StreamEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event that waits until all of its bytes are settled: masked in its own copy of them, or
 * dropped.
 */
final class HeldEvent {
  private final CaptureEvent event;
  private final StreamEvent.@Nullable Data data;
  private final byte[] bytes;
  private final List<int[]> dropped = new ArrayList<>(0);
  private int done;
  private boolean taken;

  /** Holds an event; of one without bytes nothing has to be settled. */
  HeldEvent(CaptureEvent event) {
    this.event = event;
    this.data = event instanceof StreamEvent.Data stream ? stream : null;
    Bytes payload = data == null ? null : data.payload();
    this.bytes = payload == null ? new byte[0] : payload.toArray();
    this.taken = data == null;
  }

  CaptureEvent event() {
    return event;
  }

  /** Returns the bytes that were captured, masked as far as they are settled. */
  byte[] bytes() {
    return bytes;
  }

  /** Notes that the masker got the bytes. */
  void take() {
    taken = true;
  }

  boolean isTaken() {
    return taken;
  }

  boolean isSettled() {
    return taken && done == bytes.length;
  }

  /** Returns how many bytes are not settled. */
  int open() {
    return bytes.length - done;
  }

  /** Settles the next bytes, as many as fit; returns how many. */
  int settle(byte[] masked, int from, int to) {
    int count = Math.min(to - from, open());
    System.arraycopy(masked, from, bytes, done, count);
    done += count;
    return count;
  }

  /** Drops the next bytes, as many as there are; returns how many. */
  int drop(long most) {
    int count = (int) Math.min(most, open());
    if (count > 0) {
      int[] last = dropped.isEmpty() ? null : dropped.get(dropped.size() - 1);
      if (last != null && last[1] == done) {
        last[1] += count;
      } else {
        dropped.add(new int[] {done, done + count});
      }
      // Nothing of them stays in memory either.
      Arrays.fill(bytes, done, done + count, (byte) 0);
      done += count;
    }
    return count;
  }

  /** Returns how many of its bytes were dropped. */
  long droppedBytes() {
    long sum = 0;
    for (int[] range : dropped) {
      sum += range[1] - range[0];
    }
    return sum;
  }

  /** Returns what is written for it: the event, in parts where bytes of its middle are cut. */
  List<CaptureEvent> written() {
    if (data == null) {
      return List.of(event);
    }
    List<CaptureEvent> parts = new ArrayList<>(1);
    int at = 0;
    for (int[] range : dropped) {
      if (range[1] < bytes.length) {
        parts.add(part(data, at, range[0], range[1]));
        at = range[1];
      } else {
        parts.add(part(data, at, range[0], data.originalLength()));
        at = bytes.length + 1;
      }
    }
    if (at <= bytes.length) {
      parts.add(part(data, at, bytes.length, data.originalLength()));
    }
    return parts;
  }

  /**
   * Returns the part that begins at an offset, is kept up to {@code kept} and ends at {@code to}.
   */
  private CaptureEvent part(StreamEvent.Data whole, int from, int kept, long to) {
    return new StreamEvent.Data(
        whole.stamp(),
        whole.stream(),
        whole.position() + from,
        to - from,
        kept - from,
        Bytes.wrap(bytes, from, kept - from),
        whole.call());
  }
}
