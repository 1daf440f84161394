// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Finds the records of one file, one after the other, and past damage.
 *
 * <p>A record is one when its header is sound, carries the file's id, continues the sequence, and
 * stands at the offset that it states. After bytes were inserted or removed, records stand at a
 * constant distance from there; such records are taken when they continue the sequence, which no
 * copy of an earlier part of the file inside a block does.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
public final class RecordScanner {
  private static final int WINDOW_BYTES = 256 << 10;
  private static final int FIRST_WINDOW_BYTES = 4 << 10;
  private static final byte FIRST_MARKER_BYTE = (byte) 0x89;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final RecordChannel channel;
  private long size;
  private final @Nullable FileId fileId;
  private final byte[] headerBytes = new byte[RecordLayout.HEADER_BYTES];
  private byte @Nullable [] window;
  private long sequence;
  private long blocks;
  private long events;

  /**
   * Looks at the first {@code size} bytes of the channel.
   *
   * @param fileId the file's id; null to take records of any file
   */
  public RecordScanner(RecordChannel channel, long size, @Nullable FileId fileId) {
    this.channel = channel;
    this.size = size;
    this.fileId = fileId;
  }

  /** Looks at more of a file that is being written, or at less after it was cut back. */
  public void growTo(long size) {
    this.size = size;
    window = null;
  }

  /** Returns how many bytes are looked at. */
  public long size() {
    return size;
  }

  /** Returns how many blocks of this file come before the record that is looked for. */
  public long expectedBlocks() {
    return blocks;
  }

  /** Returns how many events come before the record that is looked for. */
  public long expectedEvents() {
    return events;
  }

  /** Notes that reading goes on after this record. */
  public void passed(RecordHeader record) {
    boolean block = record.type() == RecordType.BLOCK;
    sequence = record.sequence() + (block ? 1 : 0);
    blocks = record.blocksBefore() + (block ? 1 : 0);
    events = record.eventsBefore() + record.eventCount();
  }

  /**
   * Returns the record at {@code offset}; null when there is none, or its header is cut.
   *
   * @param shift distance from the offsets that records state to where they stand
   */
  public @Nullable RecordHeader at(long offset, long shift) throws IOException {
    RecordHeader header = anywhere(offset);
    return header != null && header.ownOffset() + shift == offset ? header : null;
  }

  /** Returns the record at {@code offset}, whatever offset it states itself. */
  public @Nullable RecordHeader anywhere(long offset) throws IOException {
    if (size - offset < RecordLayout.HEADER_BYTES
        || channel.read(offset, headerBytes, 0, RecordLayout.HEADER_BYTES)
            < RecordLayout.HEADER_BYTES) {
      return null;
    }
    RecordHeader header = RecordHeader.parse(headerBytes, 0);
    return header != null && isOfThisFile(header) && continues(header) ? header : null;
  }

  private boolean isOfThisFile(RecordHeader header) {
    return fileId == null || fileId.equals(header.fileId());
  }

  private boolean continues(RecordHeader header) {
    return header.sequence() >= sequence
        && header.blocksBefore() >= blocks
        && header.eventsBefore() >= events;
  }

  /**
   * Returns the offset of the first record in {@code [from, to)} that stands where it says, at a
   * distance of {@code shift}; −1 when there is none.
   */
  public long find(long from, long to, long shift) throws IOException {
    return find(from, to, shift, false);
  }

  /**
   * Returns the offset of the first record in {@code [from, to)}, wherever it says that it stands;
   * −1 when there is none. Without the file's id, records of captures inside this one count too.
   */
  public long findMoved(long from, long to) throws IOException {
    return find(from, to, 0, true);
  }

  /**
   * Follows the records from this one on, all at its distance from where they say they stand, to
   * where none stands.
   *
   * @param offset where {@code start} stands
   */
  public Chain chainFrom(long offset, RecordHeader start) throws IOException {
    RecordScanner own = new RecordScanner(channel, size, start.fileId());
    long shift = offset - start.ownOffset();
    long last = offset;
    long next = offset;
    for (RecordHeader record = start; record != null; record = own.at(next, shift)) {
      own.passed(record);
      last = next;
      next += record.lengthBytes();
    }
    return new Chain(last, next, own);
  }

  /** Records that follow one another without a break. */
  public static final class Chain {
    private final long last;
    private final long end;
    private final RecordScanner scanner;

    private Chain(long last, long end, RecordScanner scanner) {
      this.last = last;
      this.end = end;
      this.scanner = scanner;
    }

    /** Returns where the last record begins. */
    public long last() {
      return last;
    }

    /** Returns where the last record ends; past the end of the file when it is cut. */
    public long end() {
      return end;
    }

    /** Returns whether the file ends where the chain does, or inside the next record's header. */
    public boolean reachesEnd() {
      return scanner.size - end < RecordLayout.HEADER_BYTES;
    }

    /** Returns whether this record of the same file was written after the chain's. */
    public boolean continuesWith(RecordHeader later) {
      return scanner.continues(later);
    }
  }

  private long find(long from, long to, long shift, boolean moved) throws IOException {
    byte[] bytes = window == null ? new byte[(int) Math.min(WINDOW_BYTES, size)] : window;
    window = bytes;
    long at = from;
    while (at < to && size - at >= RecordLayout.HEADER_BYTES) {
      int count = channel.read(at, bytes, 0, (int) Math.min(bytes.length, size - at));
      int last = count - RecordLayout.HEADER_BYTES;
      for (int i = 0; i <= last && at + i < to; i++) {
        if (bytes[i + RecordLayout.MAGIC_AT] == FIRST_MARKER_BYTE
            && (long) LONG.get(bytes, i + RecordLayout.MAGIC_AT) == RecordLayout.MAGIC
            && isCandidate(bytes, i, at + i, shift, moved)) {
          return at + i;
        }
      }
      if (last < 0) {
        return -1;
      }
      at += last + 1;
    }
    return -1;
  }

  /**
   * Returns the offset of the last record that begins in {@code [from, to)} and stands where it was
   * written; −1 when there is none.
   */
  public long findLast(long from, long to) throws IOException {
    long end = Math.min(to, size - RecordLayout.HEADER_BYTES + 1);
    if (end <= from) {
      return -1;
    }
    byte[] bytes = window == null ? new byte[(int) Math.min(WINDOW_BYTES, size)] : window;
    window = bytes;
    int most = Math.min(bytes.length, FIRST_WINDOW_BYTES);
    while (end > from) {
      long start = Math.max(from, end + RecordLayout.HEADER_BYTES - 1 - most);
      most = Math.min(bytes.length, 2 * most);
      int wanted = (int) (end - start) + RecordLayout.HEADER_BYTES - 1;
      int last = channel.read(start, bytes, 0, wanted) - RecordLayout.HEADER_BYTES;
      for (int i = last; i >= 0; i--) {
        if (bytes[i + RecordLayout.MAGIC_AT] == FIRST_MARKER_BYTE
            && (long) LONG.get(bytes, i + RecordLayout.MAGIC_AT) == RecordLayout.MAGIC
            && isCandidate(bytes, i, start + i, 0, false)) {
          return start + i;
        }
      }
      end = start;
    }
    return -1;
  }

  private boolean isCandidate(byte[] bytes, int index, long offset, long shift, boolean moved) {
    RecordHeader header = RecordHeader.parse(bytes, index);
    if (header == null || !isOfThisFile(header) || !continues(header)) {
      return false;
    }
    // Without the file's id nothing tells a record from one of a capture inside this one.
    return moved || header.ownOffset() + shift == offset;
  }
}
