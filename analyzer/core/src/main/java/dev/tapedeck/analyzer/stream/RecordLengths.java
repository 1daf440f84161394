// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.TlsSessionId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Compares what sessions wrote with the lengths of the records that left sockets: the fallback
 * where no record was seen inside a session. It proves nothing where two connections do alike, so
 * it only speaks where one socket fits one session and no other does.
 *
 * <p><b>Threads:</b> confined to one thread. <b>Limits:</b> the first {@value #MAX_WRITES} writes
 * of a session, and the first {@value #MAX_RECORDS} records of a socket.
 */
final class RecordLengths {
  /** Events of a session that are of interest, out and in. */
  static final int MAX_EVENTS = 128;

  private static final int MAX_WRITES = 24;
  private static final int MAX_RECORDS = 64;

  /** Fewer say too little: two connections that do the same are too likely. */
  private static final int MIN_RECORDS = 2;

  /** Beyond this many, comparing each with each takes too long, and most are alike. */
  private static final int MAX_RIVALS = 256;

  private static final int MAX_SOCKETS = 4096;

  /** RFC 8446, 5.1: 2^14. */
  private static final int MAX_PLAINTEXT = 16_384;

  /**
   * What encryption adds to a record: TLS 1.3 a type and a tag (RFC 8446, 5.2), TLS 1.2 with AES a
   * nonce and a tag (RFC 5288, 3), with ChaCha20 a tag (RFC 7905, 2).
   */
  private static final int[] OVERHEADS = {17, 24, 16};

  private static final int APPLICATION_DATA = 23;

  private final Map<TlsSessionId, Lengths> written = new HashMap<>();
  private final Map<ConnectionId, Lengths> sent = new LinkedHashMap<>();

  private static final class Lengths {
    private final ProcessKey process;
    private int[] values = new int[8];
    private int count;

    Lengths(ProcessKey process) {
      this.process = process;
    }

    void add(int value, int max) {
      if (count == max) {
        return;
      }
      if (count == values.length) {
        values = Arrays.copyOf(values, 2 * count);
      }
      values[count++] = value;
    }
  }

  /** Takes what a session wrote. */
  void add(StreamEvent.Data data) {
    if (data.stream().owner() instanceof TlsSessionId session
        && data.stream().direction() == Direction.EGRESS
        && data.call().partIndex() == 0) {
      Lengths lengths =
          written.computeIfAbsent(session, unused -> new Lengths(data.stamp().process()));
      long left = Math.max(data.call().returnedLength(), data.originalLength());
      // A call of more than a record's length makes records of the largest length, then the rest.
      for (; left > 0 && lengths.count < MAX_WRITES; left -= MAX_PLAINTEXT) {
        lengths.add((int) Math.min(left, MAX_PLAINTEXT), MAX_WRITES);
      }
    }
  }

  /** Takes a record that left a socket. */
  void add(StreamEvent.CipherRecord seen) {
    Bytes prefix = seen.prefix();
    if (seen.stream().owner() instanceof ConnectionId socket
        && seen.stream().direction() == Direction.EGRESS
        && prefix.length() > 0
        && prefix.get(0) == APPLICATION_DATA) {
      sent.computeIfAbsent(socket, unused -> new Lengths(seen.stamp().process()))
          .add(seen.lengthBytes(), MAX_RECORDS);
    }
  }

  /**
   * Returns the one socket whose records are as long as what a session wrote, in the same order.
   *
   * @param isFree whether no session is linked to a socket yet
   * @param rivals sessions that are not linked either
   * @return null when none fits, or several do, or the socket fits a rival too
   */
  @Nullable ConnectionId onlyFit(
      TlsSessionId session, Predicate<ConnectionId> isFree, List<TlsSessionId> rivals) {
    Lengths own = written.get(session);
    if (own == null || rivals.size() > MAX_RIVALS || sent.size() > MAX_SOCKETS) {
      return null;
    }
    ConnectionId found = null;
    for (Map.Entry<ConnectionId, Lengths> candidate : sent.entrySet()) {
      if (fits(own, candidate.getValue()) && isFree.test(candidate.getKey())) {
        if (found != null) {
          return null;
        }
        found = candidate.getKey();
      }
    }
    Lengths records = found == null ? null : sent.get(found);
    if (records == null) {
      return null;
    }
    for (TlsSessionId rival : rivals) {
      Lengths others = written.get(rival);
      if (!rival.equals(session) && others != null && fits(others, records)) {
        return null;
      }
    }
    return found;
  }

  /** Whether the records hold the writes one after the other; handshake records may come before. */
  private static boolean fits(Lengths writes, Lengths records) {
    if (writes.count < MIN_RECORDS || !writes.process.equals(records.process)) {
      return false;
    }
    for (int overhead : OVERHEADS) {
      for (int from = 0; from + writes.count <= records.count; from++) {
        if (fitsAt(writes, records, from, overhead)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean fitsAt(Lengths writes, Lengths records, int from, int overhead) {
    for (int i = 0; i < writes.count; i++) {
      if (records.values[from + i] != writes.values[i] + overhead) {
        return false;
      }
    }
    return true;
  }
}
