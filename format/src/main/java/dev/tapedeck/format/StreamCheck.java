// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Finds bytes of streams that a capture holds twice.
 *
 * <p><b>Threads:</b> confined to one thread. <b>Limits:</b> up to {@value #MAX_GAPS} gaps of a
 * stream are known; late bytes of others count as held twice.
 */
final class StreamCheck {
  private static final int MAX_GAPS = 64;

  private final Map<StreamId, Coverage> streams = new HashMap<>();
  private long repeats;
  private long firstOffset;

  /** Which bytes of a stream were seen: all below the end but the gaps. */
  private static final class Coverage {
    private long end;
    private final List<Gap> gaps = new ArrayList<>(0);

    /** Returns whether any of the bytes was seen before. */
    boolean add(long from, long to) {
      if (from >= end) {
        if (from > end && gaps.size() < MAX_GAPS) {
          gaps.add(new Gap(end, from));
        }
        end = to;
        return false;
      }
      for (int i = 0; i < gaps.size(); i++) {
        Gap gap = gaps.get(i);
        if (from >= gap.from() && to <= gap.to()) {
          gaps.remove(i);
          if (from > gap.from()) {
            gaps.add(new Gap(gap.from(), from));
          }
          if (to < gap.to()) {
            gaps.add(new Gap(to, gap.to()));
          }
          return false;
        }
      }
      end = Math.max(end, to);
      return true;
    }
  }

  private record Gap(long from, long to) {}

  void add(CaptureEvent event, long blockOffset) {
    if (event instanceof StreamEvent.Data data && data.call().kind() != CallKind.SSL_PEEK) {
      add(data.stream(), data.position(), data.originalLength(), blockOffset);
    } else if (event instanceof StreamEvent.Transfer transfer) {
      add(transfer.stream(), transfer.position(), transfer.lengthBytes(), blockOffset);
    } else if (event instanceof SocketEvent.Close close && close.end().last()) {
      streams.remove(new StreamId(close.connection(), Direction.EGRESS));
      streams.remove(new StreamId(close.connection(), Direction.INGRESS));
    }
  }

  private void add(StreamId stream, long position, long length, long blockOffset) {
    if (length == 0) {
      return;
    }
    Coverage coverage = streams.computeIfAbsent(stream, unused -> new Coverage());
    if (coverage.end == 0) {
      // Where a stream begins in a part of a capture is no gap.
      coverage.end = position;
    }
    if (coverage.add(position, position + length)) {
      firstOffset = repeats == 0 ? blockOffset : firstOffset;
      repeats++;
    }
  }

  void tell(Consumer<Finding> findings) {
    if (repeats > 0) {
      findings.accept(
          Finding.warning(
              "overlap",
              firstOffset,
              repeats + " events hold bytes of a stream that another holds too, from here on"));
    }
  }
}
