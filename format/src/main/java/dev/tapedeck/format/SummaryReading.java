// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordScanner;
import dev.tapedeck.format.internal.RecordType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Summarises a capture from as few headers as will do: every record but a block states the totals
 * of all blocks before it, so the last such record and the headers after it say what the file
 * holds, however it ends.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class SummaryReading {
  private final RecordScanner scanner;
  private final RecordBacktrack backtrack;
  private final PlaneReader planes;

  /**
   * Prepares a reading.
   *
   * @param scanner that has passed no record
   */
  SummaryReading(RecordScanner scanner, PlaneReader planes) {
    this.scanner = scanner;
    this.backtrack = new RecordBacktrack(scanner);
    this.planes = planes;
  }

  /**
   * Returns what the file holds.
   *
   * @param strict takes damage as it is found
   */
  CaptureSummary read(RecordWalk.DamageSink strict) throws IOException {
    List<Damage> damages = new ArrayList<>();
    FileTotals totals = new FileTotals();
    PlacedRecord base = lastTotals();
    RecordWalk walk =
        new RecordWalk(
            scanner,
            damage -> {
              damages.add(damage);
              strict.damage(damage);
            });
    boolean indexed = base != null && base.offset() > 0;
    if (base != null && indexed) {
      totals.begin(base.header());
      addLoss(base.header(), base.offset(), totals);
      walk.resumeAfter(base);
    }
    long unknownRecords = 0;
    for (RecordHeader record = walk.next(); record != null; record = walk.next()) {
      if (record.type() == RecordType.BLOCK) {
        totals.add(record);
      } else {
        totals.stated(record);
        addLoss(record, walk.offset(), totals);
        unknownRecords += RecordType.isKnown(record.type()) ? 0 : 1;
      }
    }
    return new CaptureSummary(
        totals.blocks(),
        totals.events(),
        totals.dataBytes(),
        scanner.size(),
        totals.firstNanos(),
        totals.lastNanos(),
        totals.watermarkNanos(),
        totals.lostEvents(),
        totals.lostBytes(),
        walk.isComplete(),
        indexed,
        unknownRecords,
        damages);
  }

  private void addLoss(RecordHeader record, long offset, FileTotals totals) throws IOException {
    if (record.type() == RecordType.LOSS) {
      try {
        totals.add(CopyLoss.ofBody(planes.metadata(record, offset)));
      } catch (MalformedPlaneException e) {
        return; // Reading reports the damage; what the record stated is not known.
      }
    }
  }

  /** Returns the last record of this version that states totals; null when none is found. */
  private @Nullable PlacedRecord lastTotals() throws IOException {
    PlacedRecord at = backtrack.last();
    while (at != null
        && (at.header().type() == RecordType.BLOCK || !RecordType.isKnown(at.header().type()))) {
      at = backtrack.before(at);
    }
    return at;
  }
}
