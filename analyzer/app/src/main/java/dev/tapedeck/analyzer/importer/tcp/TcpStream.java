// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.tcp;

import dev.tapedeck.analyzer.importer.packet.Segment;
import dev.tapedeck.format.Bytes;
import java.io.IOException;

/**
 * One direction of a TCP connection: turns sequence numbers into positions and tells which bytes of
 * a segment are new.
 *
 * <p>Nothing waits here: positions order the bytes later. The first bytes for a position count;
 * other ones that come for it are handed out as conflicts.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class TcpStream {
  /** No window is larger (RFC 7323, section 2.3): what is further away is not of this stream. */
  private static final long MAX_DISTANCE = 1L << 30;

  /**
   * A jump over more bytes is believed when the peer acknowledges it or a second segment follows.
   */
  private static final long MAX_JUMP = 16L << 20;

  private CoveredRanges covered = new CoveredRanges();
  private final History.OfStream history;
  private final TcpStats stats;
  private boolean anchored;
  private boolean fromSyn;
  private int first;

  /** Near this position sequence numbers are looked for. */
  private long cursor;

  private long lastEnd;
  private long acknowledged;
  private long lastStep;
  private long end;
  private long finPosition = -1;
  private long cutBytes;

  TcpStream(History history, TcpStats stats) {
    this.history = history.newStream();
    this.stats = stats;
  }

  /** Takes what a segment adds to the stream. */
  interface Sink {
    /**
     * Takes new bytes.
     *
     * @param length how many there are of which the capture may have fewer
     */
    void data(long position, Bytes bytes, long length) throws IOException;

    /** Takes bytes for a position that other bytes were captured for. */
    void conflict(long position, Bytes bytes) throws IOException;
  }

  boolean isAnchored() {
    return anchored;
  }

  /** Returns whether position 0 is the first byte of the connection. */
  boolean isFromSyn() {
    return fromSyn;
  }

  /** Makes a sequence number position 0; by a SYN it is the first byte of the connection. */
  void anchor(int sequence, boolean bySyn) {
    anchored = true;
    fromSyn = bySyn;
    first = sequence;
  }

  /** Forgets what came before a sequence number and makes it position 0. */
  void restart(int sequence) {
    covered = new CoveredRanges();
    cursor = 0;
    lastEnd = 0;
    acknowledged = 0;
    lastStep = 0;
    end = 0;
    finPosition = -1;
    cutBytes = 0;
    anchor(sequence, false);
  }

  /** Forgets what came so far: what follows stands at position 0. */
  void restart() {
    if (anchored) {
      restart((int) (first + end()));
    }
  }

  /** Returns whether a sequence number lies behind the end that the sender stated. */
  boolean isPast(int sequence) {
    return finPosition >= 0 && positionOf(sequence) > finPosition + 1;
  }

  /** Returns whether a number is that of position 0. */
  boolean isFirst(int sequence) {
    return anchored && first == sequence;
  }

  /** Returns the position that a sequence number stands for, near the latest ones. */
  long positionOf(int sequence) {
    return cursor + (sequence - (int) (first + cursor));
  }

  /** Returns whether a sequence number can be one of this stream now. */
  boolean isPlausible(int sequence) {
    return Math.abs(positionOf(sequence) - cursor) <= MAX_DISTANCE;
  }

  /** Takes a segment's content. */
  void add(Segment segment, Sink sink) throws IOException {
    if (!anchored) {
      anchor(segment.dataSequence(), segment.isSyn());
    }
    long position = positionOf(segment.dataSequence());
    if (Math.abs(position - cursor) > MAX_DISTANCE) {
      stats.implausibleSegments++;
      return;
    }
    long to = position + segment.length();
    if (segment.isFin() && finPosition < 0) {
      finPosition = Math.max(0, to);
      end = Math.max(end, finPosition);
    }
    if (isKeepAlive(position, segment)) {
      stats.keepAlives++;
      return;
    }
    if (finPosition >= 0 && to > finPosition) {
      if (position > finPosition) {
        stats.bytesAfterEnd += segment.length();
        return;
      }
      // The sender went on at the very place: that FIN was none of its.
      finPosition = -1;
    }
    if (position < 0) {
      stats.bytesBeforeStart += Math.min(0, to) - position;
    }
    long from = Math.max(0, position);
    if (from < to) {
      content(from, to, segment.payload(), position, sink);
    }
  }

  /** A probe repeats the last byte, or invents it (RFC 9293, section 3.8.4). */
  private boolean isKeepAlive(long position, Segment segment) {
    return segment.length() == 1 && position == cursor - 1 && position >= 0 && !segment.isFin();
  }

  private void content(long from, long to, Bytes payload, long position, Sink sink)
      throws IOException {
    long capturedTo = Math.max(from, Math.min(to, position + payload.length()));
    long cutTo = capturedTo < to ? covered.firstCovered(capturedTo, to) : to;
    long cut = cutTo - capturedTo;
    long[] freshTo = {-1};
    covered.add(
        from,
        capturedTo,
        new CoveredRanges.Sink() {
          @Override
          public void fresh(long freshFrom, long freshEnd) throws IOException {
            Bytes bytes = payload.slice((int) (freshFrom - position), (int) (freshEnd - position));
            long length = freshEnd - freshFrom + (freshEnd == capturedTo ? cut : 0);
            freshTo[0] = freshEnd;
            history.add(freshFrom, bytes);
            sink.data(freshFrom, bytes, length);
          }

          @Override
          public void repeated(long repeatedFrom, long repeatedEnd) throws IOException {
            stats.repeatedBytes += repeatedEnd - repeatedFrom;
            history.differences(
                repeatedFrom,
                payload.slice((int) (repeatedFrom - position), (int) (repeatedEnd - position)),
                (at, bytes) -> {
                  stats.conflictingSegments++;
                  sink.conflict(at, bytes);
                });
          }
        });
    if (cut > 0 && capturedTo >= end) {
      if (freshTo[0] != capturedTo) {
        sink.data(capturedTo, Bytes.empty(), cut);
      }
      cutBytes += cut;
    }
    end = Math.max(end, to);
    if (to > cursor && (to - cursor < MAX_JUMP || from == lastEnd)) {
      cursor = to;
    }
    lastEnd = to;
  }

  /** Notes that the peer has all bytes before a sequence number. */
  void acknowledged(int sequence) {
    if (!anchored) {
      anchor(sequence, false);
      return;
    }
    long position = positionOf(sequence);
    if (position > acknowledged && position - cursor <= MAX_DISTANCE) {
      lastStep = position - Math.max(acknowledged, end);
      acknowledged = position;
      cursor = Math.max(cursor, position);
    }
  }

  /** Returns whether the sender has said that nothing more comes. */
  boolean isFinished() {
    return finPosition >= 0 || lastStep == 1;
  }

  /** Returns whether any byte is known to have been sent. */
  boolean hasMoved() {
    return end() > 0;
  }

  /**
   * Returns the position after the last byte that was captured or acknowledged.
   *
   * <p>A FIN takes a number, too: one number more than the bytes that were seen, acknowledged
   * apart, is a FIN that was not captured.
   */
  long end() {
    if (finPosition >= 0) {
      return finPosition;
    }
    return Math.max(end, lastStep == 1 ? acknowledged - 1 : acknowledged);
  }

  /** Returns how many bytes before the end were not captured. */
  long missingBytes() {
    return Math.max(0, end() - covered.bytes());
  }

  /** Returns how many of the missing bytes a snap length cut. */
  long cutBytes() {
    return Math.min(cutBytes, missingBytes());
  }
}
