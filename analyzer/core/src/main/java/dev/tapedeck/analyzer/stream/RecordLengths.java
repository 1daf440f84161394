// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.TlsSessionId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Compares what sessions wrote with the lengths of the records that left sockets: the fallback
 * where no record was seen inside a session. It proves nothing where two connections do alike, so
 * it only speaks where one socket fits one session and no other can.
 *
 * <p>Positions give the order, so that it does not matter in which one the events were read. A
 * record that left before the write began is not the write's. Where part of a socket's records is
 * not known, it could be anybody's.
 *
 * <p><b>Threads:</b> confined to one thread. <b>Limits:</b> the first {@value #MAX_WRITES} writes
 * of a session, and the first {@value #MAX_RECORDS} records of a socket; beyond {@value
 * #MAX_OWNERS} sessions or sockets nothing is said.
 */
final class RecordLengths {
  private static final int MAX_WRITES = 24;
  private static final int MAX_RECORDS = 64;

  /** Fewer say too little: two connections that do the same are too likely. */
  private static final int MIN_RECORDS = 2;

  private static final int MAX_OWNERS = 4096;

  /** Beyond this many, comparing each with each takes too long, and most are alike. */
  private static final int MAX_RIVALS = 256;

  /** RFC 8446, 5.1: 2^14. */
  private static final int MAX_PLAINTEXT = 16_384;

  /** RFC 8446, 5.1: type, version, length. */
  private static final int HEADER_BYTES = 5;

  /**
   * What encryption adds to a record: TLS 1.3 a type and a tag (RFC 8446, 5.2), TLS 1.2 with AES a
   * nonce and a tag (RFC 5288, 3), with ChaCha20 a tag (RFC 7905, 2).
   */
  private static final int[] OVERHEADS = {17, 24, 16};

  private static final int APPLICATION_DATA = 23;

  private final Map<TlsSessionId, Moves> written = new HashMap<>();
  private final Map<ConnectionId, Moves> sent = new HashMap<>();
  private boolean overflown;

  /** Whether a socket carries a session, as far as lengths tell. */
  private enum Fit {
    YES,
    NO,
    /** Too little is known to say no. */
    PERHAPS
  }

  /** What moved first on a stream, by its positions. */
  private static final class Moves {
    private final TreeMap<Long, Move> byPosition = new TreeMap<>();
    private final int max;
    private boolean cut;

    Moves(int max) {
      this.max = max;
    }

    /** Returns whether something at a position would be one too many. */
    boolean isFullBefore(long position) {
      boolean full = byPosition.size() == max && byPosition.lastKey() < position;
      cut |= full;
      return full;
    }

    void add(long position, Move move) {
      byPosition.putIfAbsent(position, move);
      if (byPosition.size() > max) {
        byPosition.pollLastEntry();
        cut = true;
      }
    }
  }

  /**
   * Something that moved.
   *
   * @param process who moved it
   * @param length of the write, or of the record as its header says
   * @param nextPosition where the stream goes on behind it
   * @param data whether it is, or may be, application data
   * @param nanos the earliest time of a write, the latest of a record
   */
  private record Move(
      ProcessKey process, long length, long nextPosition, boolean data, long nanos) {}

  /** Returns whether a call's part is what a session wrote, where it begins. */
  static boolean matters(StreamId stream, int partIndex) {
    return partIndex == 0
        && stream.direction() == Direction.EGRESS
        && stream.owner() instanceof TlsSessionId;
  }

  /** Takes what a session wrote, if it {@link #matters}. */
  void add(StreamEvent.Data data) {
    add(
        data.stream(),
        data.stamp().process(),
        data.position(),
        Math.max(data.call().returnedLength(), data.originalLength()),
        data.stamp().startNanos());
  }

  /** Takes what a session wrote, if it {@link #matters}. */
  void add(StreamId stream, ProcessKey process, long position, long length, long startNanos) {
    if (!overflown && stream.owner() instanceof TlsSessionId session) {
      Moves known = written.get(session);
      if (known == null || !known.isFullBefore(position)) {
        add(
            written,
            session,
            MAX_WRITES,
            position,
            new Move(process, length, position + length, true, startNanos));
      }
    }
  }

  /** Takes the writes that another one took of a later part of the capture. */
  void addWrites(RecordLengths later) {
    if (later.overflown) {
      overflow();
    }
    later.written.forEach(
        (session, moves) -> {
          for (Map.Entry<Long, Move> move : moves.byPosition.entrySet()) {
            if (!overflown) {
              add(written, session, MAX_WRITES, move.getKey(), move.getValue());
            }
          }
          Moves all = written.get(session);
          if (all != null) {
            all.cut |= moves.cut;
          }
        });
  }

  /** Takes a record that left a socket. */
  void add(StreamEvent.CipherRecord seen) {
    Bytes prefix = seen.prefix();
    if (!overflown
        && seen.stream().owner() instanceof ConnectionId socket
        && seen.stream().direction() == Direction.EGRESS) {
      add(
          sent,
          socket,
          MAX_RECORDS,
          seen.position(),
          new Move(
              seen.stamp().process(),
              seen.lengthBytes(),
              seen.position() + HEADER_BYTES + seen.lengthBytes(),
              prefix.length() > 0 && prefix.get(0) == APPLICATION_DATA,
              seen.stamp().exitNanos()));
    }
  }

  private <K> void add(Map<K, Moves> moves, K owner, int max, long position, Move move) {
    Moves known = moves.get(owner);
    if (known == null) {
      if (moves.size() == MAX_OWNERS) {
        overflow();
        return;
      }
      known = new Moves(max);
      moves.put(owner, known);
    }
    known.add(position, move);
  }

  private void overflow() {
    overflown = true;
    written.clear();
    sent.clear();
  }

  /**
   * Returns the one socket whose records are as long as what a session wrote, in the same order.
   *
   * @param isFree whether no session is linked to a socket yet
   * @param rivals sessions that are not linked either
   * @return null when none fits, or several may, or the socket may fit a rival too
   */
  @Nullable ConnectionId onlyFit(
      TlsSessionId session, Predicate<ConnectionId> isFree, List<TlsSessionId> rivals) {
    Moves own = written.get(session);
    if (own == null || overflown || rivals.size() > MAX_RIVALS) {
      return null;
    }
    ConnectionId found = null;
    for (Map.Entry<ConnectionId, Moves> candidate : sent.entrySet()) {
      Fit fit = fit(own, candidate.getValue());
      if (fit == Fit.NO || !isFree.test(candidate.getKey())) {
        continue;
      }
      if (fit == Fit.PERHAPS || found != null) {
        return null;
      }
      found = candidate.getKey();
    }
    Moves records = found == null ? null : sent.get(found);
    if (records == null) {
      return null;
    }
    for (TlsSessionId rival : rivals) {
      Moves others = written.get(rival);
      if (!rival.equals(session) && others != null && fit(others, records) != Fit.NO) {
        return null;
      }
    }
    return found;
  }

  /** Whether the records hold the writes one after the other; handshake records may come before. */
  private static Fit fit(Moves writes, Moves records) {
    Move first = writes.byPosition.firstEntry().getValue();
    Move firstRecord = records.byPosition.firstEntry().getValue();
    if (!first.process().equals(firstRecord.process())) {
      return Fit.NO;
    }
    long[] lengths = new long[MAX_WRITES];
    long[] notBefore = new long[MAX_WRITES];
    int count = split(writes, lengths, notBefore);
    if (count < MIN_RECORDS) {
      return Fit.PERHAPS;
    }
    Move[] run = records.byPosition.values().toArray(new Move[0]);
    Long[] positions = records.byPosition.keySet().toArray(new Long[0]);
    boolean holes = records.cut;
    for (int i = 1; i < run.length; i++) {
      holes |= positions[i] != run[i - 1].nextPosition();
    }
    for (int overhead : OVERHEADS) {
      for (int from = 0; from + count <= run.length; from++) {
        if (fitsAt(lengths, notBefore, count, run, positions, from, overhead)) {
          return Fit.YES;
        }
      }
    }
    return holes ? Fit.PERHAPS : Fit.NO;
  }

  /**
   * Gives the lengths of the records that the first writes make, up to the first that is missing: a
   * write of more than a record's length makes records of the largest length, then the rest.
   */
  private static int split(Moves writes, long[] lengths, long[] notBefore) {
    int count = 0;
    long next = writes.byPosition.firstKey();
    for (Map.Entry<Long, Move> write : writes.byPosition.entrySet()) {
      if (write.getKey() != next) {
        return count;
      }
      next = write.getValue().nextPosition();
      for (long left = write.getValue().length(); left > 0; left -= MAX_PLAINTEXT) {
        if (count == lengths.length) {
          return count;
        }
        lengths[count] = Math.min(left, MAX_PLAINTEXT);
        notBefore[count++] = write.getValue().nanos();
      }
    }
    return count;
  }

  private static boolean fitsAt(
      long[] lengths,
      long[] notBefore,
      int count,
      Move[] run,
      Long[] positions,
      int from,
      int overhead) {
    for (int i = 0; i < count; i++) {
      Move record = run[from + i];
      if (!record.data()
          || (i > 0 && positions[from + i] != run[from + i - 1].nextPosition())
          || record.length() != lengths[i] + overhead
          || record.nanos() < notBefore[i]) {
        return false;
      }
    }
    return true;
  }
}
