// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordScanner;
import dev.tapedeck.format.internal.RecordType;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Goes over a file's records in order, and past damage, which it reports.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class RecordWalk {
  /** Takes damage; throws where reading is strict. */
  interface DamageSink {
    void damage(Damage damage) throws IOException;

    /** Learns that the walk passes a record, or goes on after it. */
    default void passed(RecordHeader record, long offset) throws IOException {}
  }

  /** After damage, the next whole record begins within the length of two. */
  private static final long SEARCH_BYTES = 4L * ReaderOptions.MAX_BLOCK_BYTES;

  private final RecordScanner scanner;
  private final DamageSink sink;
  private long shift;
  private long offset;
  private long nextOffset;

  /** Where a record may begin at the earliest: after the header of the one before. */
  private long searchFrom;

  /** True while what is at the end of the file, and is no whole record, may become one. */
  private boolean growing;

  private boolean trailerSeen;
  private boolean ended;

  RecordWalk(RecordScanner scanner, DamageSink sink) {
    this.scanner = scanner;
    this.sink = sink;
  }

  /** Returns where the record that {@link #next} returned last begins. */
  long offset() {
    return offset;
  }

  /** Returns how many bytes are walked over. */
  long size() {
    return scanner.size();
  }

  /** Returns where the next record is expected. */
  long nextOffset() {
    return nextOffset;
  }

  /** Walks on over a file that is being written and now has this many bytes. */
  void growTo(long size) {
    growing = true;
    scanner.growTo(size);
  }

  /** Takes the file as it is: it will not grow any more. */
  void settle() {
    growing = false;
  }

  /** Returns true when the end of a finished file was reached. */
  boolean isComplete() {
    return trailerSeen;
  }

  /** Returns the next record; null after the last. */
  @Nullable RecordHeader next() throws IOException {
    if (ended || nextOffset == scanner.size()) {
      ended = !growing;
      return null;
    }
    RecordHeader record = scanner.at(nextOffset, shift);
    if (growing && isBeingWritten(record)) {
      return null;
    }
    if (record == null || nextOffset + record.lengthBytes() > scanner.size()) {
      record = resynchronise(record);
      if (record == null) {
        return null;
      }
    } else if (record.blocksBefore() > scanner.expectedBlocks()
        || record.eventsBefore() > scanner.expectedEvents()) {
      sink.damage(
          new Damage(
              nextOffset,
              0,
              DamageKind.MISSING,
              (record.blocksBefore() - scanner.expectedBlocks()) + " blocks are missing",
              record.eventsBefore() - scanner.expectedEvents()));
    }
    pass(record);
    return record;
  }

  private boolean isBeingWritten(@Nullable RecordHeader record) {
    long lengthBytes = record == null ? RecordLayout.HEADER_BYTES : record.lengthBytes();
    return nextOffset + lengthBytes > scanner.size();
  }

  /** Goes on after a record of the file, as if everything up to there had been passed. */
  void resumeAfter(PlacedRecord place) throws IOException {
    shift = 0;
    nextOffset = place.offset();
    pass(place.header());
  }

  private void pass(RecordHeader record) throws IOException {
    offset = nextOffset;
    nextOffset = offset + record.lengthBytes();
    searchFrom = offset + RecordLayout.HEADER_BYTES;
    scanner.passed(record);
    sink.passed(record, offset);
    if (record.type() == RecordType.TRAILER) {
      end();
    }
  }

  private void end() throws IOException {
    trailerSeen = true;
    ended = true;
    long rest = scanner.size() - nextOffset;
    if (rest > 0) {
      sink.damage(new Damage(nextOffset, rest, DamageKind.TRAILING, "bytes follow the trailer", 0));
    }
  }

  /** Looks for the next record that lies whole in the file, and reports what lies before it. */
  private @Nullable RecordHeader resynchronise(@Nullable RecordHeader cut) throws IOException {
    long expected = nextOffset;
    long found = searchFrom;
    RecordHeader record = null;
    while (record == null) {
      found = scanner.findMoved(found, scanner.size());
      if (found < 0) {
        ended = !growing;
        if (ended) {
          reportTail(cut);
        }
        return null;
      }
      record = scanner.anywhere(found);
      if (record == null || found + record.lengthBytes() > scanner.size()) {
        cut = found == expected ? record : cut;
        record = null;
        found++;
      }
    }
    if (found - record.ownOffset() != shift) {
      long standing = standingInstead(found, record);
      if (standing >= 0) {
        found = standing;
        record = Objects.requireNonNull(scanner.at(found, shift));
      }
    }
    long newShift = found - record.ownOffset();
    boolean shifted = newShift != shift;
    shift = newShift;
    nextOffset = found;
    sink.damage(
        new Damage(
            Math.min(expected, found),
            Math.max(0, found - expected),
            shifted ? DamageKind.SHIFT : expected == 0 ? DamageKind.HEADER : DamageKind.RECORD,
            shifted
                ? "records stand " + newShift + " bytes from where they were written"
                : "no sound record header",
            record.eventsBefore() - scanner.expectedEvents()));
    return record;
  }

  /**
   * Returns where a record stands that must be taken instead of this one, which does not stand
   * where it should; −1 when there is none. A stale page holds records of a later part of the file:
   * whoever takes them skips everything up to there.
   */
  private long standingInstead(long offset, RecordHeader moved) throws IOException {
    RecordScanner.Chain chain = scanner.chainFrom(offset, moved);
    long to = Math.min(scanner.size(), chain.end() + SEARCH_BYTES);
    long found = scanner.find(offset + 1, to, shift);
    RecordHeader standing = found < 0 ? null : scanner.at(found, shift);
    while (standing != null && found + standing.lengthBytes() > scanner.size()) {
      found = scanner.find(found + 1, to, shift);
      standing = found < 0 ? null : scanner.at(found, shift);
    }
    return standing == null || chain.last() > found || chain.continuesWith(standing) ? -1 : found;
  }

  private void reportTail(@Nullable RecordHeader cut) throws IOException {
    long rest = scanner.size() - nextOffset;
    if (cut != null) {
      long missing = nextOffset + cut.lengthBytes() - scanner.size();
      String name = RecordType.nameOf(cut.type());
      sink.damage(
          new Damage(
              nextOffset,
              rest,
              DamageKind.TRUNCATED,
              "the file ends " + missing + " bytes before the end of a " + name,
              Damage.UNKNOWN));
    } else if (rest < RecordLayout.HEADER_BYTES) {
      sink.damage(
          new Damage(
              nextOffset,
              rest,
              DamageKind.TRUNCATED,
              "the file ends inside a record header",
              Damage.UNKNOWN));
    } else {
      sink.damage(
          new Damage(
              nextOffset,
              rest,
              nextOffset == 0 ? DamageKind.HEADER : DamageKind.RECORD,
              "no sound record header up to the end of the file",
              Damage.UNKNOWN));
    }
  }
}
