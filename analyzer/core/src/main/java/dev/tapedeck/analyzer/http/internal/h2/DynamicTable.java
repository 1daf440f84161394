// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h2;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The dynamic table of one direction (RFC 7541, section 2.3.2), as far as it is known.
 *
 * <p>Entries are numbered in the order of their insertion, 1 being the first one that was seen;
 * what was there before has the numbers from 0 down. A reference counts back from the newest entry,
 * so that its number follows from the insertions that were seen, whatever the table's size: the
 * entries it may refer to are the last ones inserted, and an encoder refers to nothing that was
 * evicted. An entry that is too large for the table empties it without being inserted, but then
 * nothing before it can be referred to either.
 *
 * <p>Where bytes were lost that may have held insertions, nothing is known any more: a new epoch
 * begins.
 *
 * <p><b>Limits:</b> no more than {@value #MAX_KEPT_BYTES} bytes of entries are kept, however large
 * the table may be; older ones are not known any more.
 */
final class DynamicTable {
  /** What the largest tables in use hold, several times over. */
  static final int MAX_KEPT_BYTES = 1 << 20;

  /** What every entry counts beside its bytes (RFC 7541, section 4.1). */
  private static final int ENTRY_OVERHEAD_BYTES = 32;

  /** The size until an update says another one (RFC 9113, section 6.5.2). */
  private static final long INITIAL_BYTES = 4096;

  private static final int MAX_DISCLOSED = 1024;
  private static final int UNKNOWN = -1;
  private static final byte[] NOTHING = new byte[0];

  /** Entries in a ring: name and value one behind the other. */
  private byte[][] text = new byte[64][];

  private int[] nameLength = new int[64];
  private int[] nameNumber = new int[64];

  /** Number of the newest entry. */
  private int newest;

  private int kept;
  private long keptBytes;

  /** The most bytes of entries; −1 when not known. */
  private long maxBytes;

  /** Nothing was inserted that is not here, or was evicted. */
  private boolean complete;

  /** An update of the size was seen. */
  private boolean updated;

  /** Names found out later, by the number of the entry; null where there are none. */
  private @Nullable Map<Integer, byte[]> disclosed;

  /**
   * Makes one.
   *
   * @param fromStart whether it is empty, rather than not known
   */
  DynamicTable(boolean fromStart) {
    complete = fromStart;
    maxBytes = fromStart ? INITIAL_BYTES : UNKNOWN;
  }

  /**
   * Says what the other side allows. An encoder says what it makes use of in an update, but not all
   * do before they use more.
   */
  void allow(long bytes) {
    if (!updated && maxBytes >= 0) {
      maxBytes = Math.max(maxBytes, bytes);
    }
  }

  /** Begins a new epoch: insertions, and updates of the size, may have been lost. */
  void lose() {
    Arrays.fill(text, null);
    newest = 0;
    kept = 0;
    keptBytes = 0;
    maxBytes = UNKNOWN;
    complete = false;
    disclosed = null;
  }

  /** Returns the number of the entry that stands {@code back} behind the newest one, from 1. */
  int number(int back) {
    return newest - back + 1;
  }

  /** Returns whether there can be such an entry. */
  boolean mayHold(int back) {
    return !complete || back <= kept;
  }

  /** Returns whether both name and value may be known. */
  boolean holds(int number) {
    return number > newest - kept && number <= newest;
  }

  private int slot(int number) {
    return number & (text.length - 1);
  }

  /** Returns name and value of an entry that is held, or the value alone where the name is not. */
  byte[] text(int number) {
    return text[slot(number)];
  }

  /** Returns how many bytes of the text are the name; −1 when the name is not known. */
  int nameLength(int number) {
    return nameLength[slot(number)];
  }

  /** Returns the number of the entry that has the name, where the name of this one is not known. */
  int nameNumber(int number) {
    return holds(number) ? nameNumber[slot(number)] : number;
  }

  /** Returns a name that was found out later; null when it was not. */
  byte @Nullable [] disclosedName(int number) {
    return disclosed == null ? null : disclosed.get(number);
  }

  /** Keeps the name of an entry that was not captured. */
  void disclose(int number, byte[] name) {
    if (disclosed == null) {
      disclosed = new HashMap<>();
    }
    if (disclosed.size() < MAX_DISCLOSED) {
      disclosed.putIfAbsent(number, name);
    }
  }

  /** Inserts a field (RFC 7541, section 4.4). */
  void insert(byte[] source, int nameFrom, int nameTo, int valueFrom, int valueTo) {
    int nameBytes = nameTo - nameFrom;
    byte[] both = new byte[nameBytes + valueTo - valueFrom];
    System.arraycopy(source, nameFrom, both, 0, nameBytes);
    System.arraycopy(source, valueFrom, both, nameBytes, valueTo - valueFrom);
    insert(both, nameBytes, 0);
  }

  /**
   * Inserts a field.
   *
   * @param both name and value
   * @param nameBytes how many of them are the name; −1 when the name is not known
   * @param numberOfName the entry that has the name then
   */
  void insert(byte[] both, int nameBytes, int numberOfName) {
    long size = (long) both.length + ENTRY_OVERHEAD_BYTES;
    if (maxBytes >= 0 && size > maxBytes) {
      clear();
      return;
    }
    long limit = maxBytes < 0 ? MAX_KEPT_BYTES : Math.min(maxBytes, MAX_KEPT_BYTES);
    complete &= nameBytes >= 0 && (limit == maxBytes || keptBytes + size <= limit);
    evict(limit - size);
    newest++;
    if (size > limit) {
      return;
    }
    if (kept == text.length) {
      grow();
    }
    int slot = slot(newest);
    text[slot] = both;
    nameLength[slot] = nameBytes;
    nameNumber[slot] = numberOfName;
    kept++;
    keptBytes += size;
  }

  /** An entry that is too large leaves an empty table behind: all of it is known. */
  private void clear() {
    evict(0);
    complete = true;
  }

  private void evict(long limitBytes) {
    while (kept > 0 && keptBytes > limitBytes) {
      int oldest = slot(newest - kept + 1);
      keptBytes -= text[oldest].length + ENTRY_OVERHEAD_BYTES;
      text[oldest] = NOTHING;
      kept--;
    }
  }

  private void grow() {
    int oldMask = text.length - 1;
    int capacity = text.length * 2;
    byte[][] moreText = new byte[capacity][];
    int[] moreLengths = new int[capacity];
    int[] moreNumbers = new int[capacity];
    for (int number = newest - kept; number < newest; number++) {
      int from = number & oldMask;
      int to = number & (capacity - 1);
      moreText[to] = text[from];
      moreLengths[to] = nameLength[from];
      moreNumbers[to] = nameNumber[from];
    }
    text = moreText;
    nameLength = moreLengths;
    nameNumber = moreNumbers;
  }

  /** Takes an update of the size (RFC 7541, section 4.3). */
  void resize(long bytes) {
    maxBytes = bytes;
    updated = true;
    if (bytes < ENTRY_OVERHEAD_BYTES) {
      clear();
    } else {
      evict(Math.min(bytes, MAX_KEPT_BYTES));
    }
  }
}
