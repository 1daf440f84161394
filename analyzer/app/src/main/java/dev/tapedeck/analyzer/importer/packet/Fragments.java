// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.packet;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts fragments of IP datagrams together (RFC 791, section 3.2; RFC 8200, section 4.5). Of bytes
 * that come twice the first count.
 *
 * <p><b>Limits:</b> {@value #MAX_DATAGRAMS} datagrams at once, for {@value #MAX_SECONDS} seconds of
 * packet time. <b>Threads:</b> confined to one.
 */
final class Fragments {
  static final int MAX_DATAGRAMS = 256;
  static final long MAX_SECONDS = 60;
  private static final int MAX_DATAGRAM_BYTES = 1 << 16;
  private static final int UNIT_BYTES = 8;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final Map<Key, Datagram> datagrams = new LinkedHashMap<>();
  private long abandonedFragments;

  /** Names a datagram. */
  record Key(IpAddress source, IpAddress destination, long id, int protocol) {}

  /** What came of one. */
  private static final class Datagram {
    private final long firstNanos;
    private final BitSet units = new BitSet();
    private byte[] bytes = new byte[0];
    private int length = -1;
    private int fragments;

    Datagram(long firstNanos) {
      this.firstNanos = firstNanos;
    }

    void add(int offset, byte[] from, int at, int count, boolean more) {
      fragments++;
      if (!more) {
        length = length < 0 ? offset + count : length;
      }
      int end = offset + count;
      if (end > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(end, Math.min(MAX_DATAGRAM_BYTES, 2 * bytes.length)));
      }
      for (int unit = offset / UNIT_BYTES; unit * UNIT_BYTES < end; unit++) {
        if (!units.get(unit)) {
          units.set(unit);
          int start = unit * UNIT_BYTES;
          System.arraycopy(
              from, at + start - offset, bytes, start, Math.min(UNIT_BYTES, end - start));
        }
      }
    }

    boolean isWhole() {
      return length >= 0 && units.nextClearBit(0) * UNIT_BYTES >= length;
    }
  }

  /**
   * Takes a fragment; returns the datagram's content when it is whole, else null.
   *
   * @param offset of the fragment in the datagram, in bytes
   * @param more whether others follow it
   */
  byte @Nullable [] add(
      Key key, long nanos, int offset, byte[] from, int at, int count, boolean more) {
    expire(nanos);
    if (offset + count > MAX_DATAGRAM_BYTES || (more && count % UNIT_BYTES != 0)) {
      abandonedFragments++;
      return null;
    }
    Datagram datagram = datagrams.computeIfAbsent(key, unused -> new Datagram(nanos));
    datagram.add(offset, from, at, count, more);
    if (!datagram.isWhole()) {
      return null;
    }
    datagrams.remove(key);
    return datagram.length == datagram.bytes.length
        ? datagram.bytes
        : Arrays.copyOf(datagram.bytes, datagram.length);
  }

  private void expire(long nanos) {
    Iterator<Datagram> oldest = datagrams.values().iterator();
    while (oldest.hasNext()) {
      Datagram datagram = oldest.next();
      boolean old = nanos - datagram.firstNanos > MAX_SECONDS * NANOS_PER_SECOND;
      if (!old && datagrams.size() < MAX_DATAGRAMS) {
        return;
      }
      abandonedFragments += datagram.fragments;
      oldest.remove();
    }
  }

  /** Returns how many fragments have no whole datagram, those that still wait among them. */
  long abandoned() {
    return abandonedFragments
        + datagrams.values().stream().mapToLong(datagram -> datagram.fragments).sum();
  }
}
