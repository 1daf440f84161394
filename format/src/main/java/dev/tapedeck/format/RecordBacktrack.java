// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordScanner;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Goes over a file's records from the end towards the start. It finds only records that stand where
 * they were written; no copy of a part of the file that is held inside a block does.
 *
 * <p><b>Limits:</b> where no record says how long the one before it is, {@link
 * FileOpening#SEARCH_BYTES} are searched.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class RecordBacktrack {
  private final RecordScanner scanner;

  /**
   * Looks at a file.
   *
   * @param scanner that has passed no record
   */
  RecordBacktrack(RecordScanner scanner) {
    this.scanner = scanner;
  }

  /** Returns the last record that lies in the file whole; null when none is found. */
  @Nullable PlacedRecord last() throws IOException {
    return lastBefore(scanner.size());
  }

  /**
   * Returns the last record that begins before {@code offset} and lies in the file whole; null when
   * none is found.
   */
  @Nullable PlacedRecord lastBefore(long offset) throws IOException {
    PlacedRecord found = search(offset);
    while (found != null && found.end() > scanner.size()) {
      found = search(found.offset());
    }
    return found;
  }

  private @Nullable PlacedRecord search(long before) throws IOException {
    long found = scanner.findLast(Math.max(0, before - FileOpening.SEARCH_BYTES), before);
    RecordHeader header = found < 0 ? null : scanner.at(found, 0);
    return header == null ? null : new PlacedRecord(found, header);
  }

  /** Returns the record before one of the file; null when there is none, or none is found. */
  @Nullable PlacedRecord before(PlacedRecord place) throws IOException {
    int lengthBytes = place.header().previousLength();
    long offset = place.offset() - lengthBytes;
    if (lengthBytes >= RecordLayout.HEADER_BYTES && offset >= 0) {
      RecordHeader header = scanner.at(offset, 0);
      if (header != null && header.lengthBytes() == lengthBytes) {
        return new PlacedRecord(offset, header);
      }
    }
    return lastBefore(place.offset());
  }
}
