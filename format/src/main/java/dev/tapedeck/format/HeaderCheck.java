// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.CheckpointBody;
import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordType;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compares what record headers and indexes say of one another.
 *
 * <p><b>Threads:</b> confined to one thread. <b>Limits:</b> holds the block headers since the last
 * checkpoint, at most {@value #MAX_SEGMENT_BLOCKS}.
 */
final class HeaderCheck {
  private static final int MAX_SEGMENT_BLOCKS = CheckpointBody.MAX_ROWS;

  private final PlaneReader planes;
  private final Consumer<Finding> findings;
  private final Map<Long, RecordHeader> segment = new HashMap<>();
  private FileTotals totals = new FileTotals();
  private @Nullable RecordHeader last;
  private long lastCheckpoint;

  /** False from damage on, to the next record that states totals. */
  private boolean totalsKnown = true;

  private boolean damagedBeforeRecord;
  private boolean damagedSinceCheckpoint;

  HeaderCheck(PlaneReader planes, Consumer<Finding> findings) {
    this.planes = planes;
    this.findings = findings;
  }

  /** Notes that what follows need not continue what came before. */
  void damaged() {
    totalsKnown = false;
    damagedBeforeRecord = true;
    damagedSinceCheckpoint = true;
  }

  /** Looks at the next record. */
  void record(RecordHeader record, long offset) throws IOException {
    chain(record, offset);
    totals(record, offset);
    if (record.type() == RecordType.BLOCK) {
      totals.add(record);
      if (segment.size() < MAX_SEGMENT_BLOCKS) {
        segment.put(record.ownOffset(), record);
      }
    } else {
      totals = new FileTotals();
      totals.begin(record);
      totalsKnown = true;
    }
    if (record.type() == RecordType.CHECKPOINT || record.type() == RecordType.FOOTER) {
      index(record, offset);
      segment.clear();
      lastCheckpoint = record.ownOffset();
      damagedSinceCheckpoint = false;
    }
    last = record;
    damagedBeforeRecord = false;
  }

  /** Counts a loss record's content. */
  void loss(CopyLoss loss) {
    totals.add(loss);
  }

  private void chain(RecordHeader record, long offset) {
    RecordHeader before = last;
    if (damagedBeforeRecord) {
      return;
    }
    long length = before == null ? 0 : before.lengthBytes();
    if (record.previousLength() != length) {
      error(
          "chain",
          offset,
          "the record before has " + length + " bytes, not " + record.previousLength());
    }
    boolean first = record.type() == RecordType.FILE_HEADER;
    if (first != (before == null)) {
      error("order", offset, "a " + RecordType.nameOf(record.type()) + " stands here");
    }
    boolean afterFooter = before != null && before.type() == RecordType.FOOTER;
    if (afterFooter != (record.type() == RecordType.TRAILER)) {
      error("order", offset, "footer and trailer do not stand together");
    }
  }

  private void totals(RecordHeader record, long offset) {
    if (!totalsKnown) {
      return;
    }
    compare("data_bytes_before", record.dataBytesBefore(), totals.dataBytes(), offset);
    if (record.type() == RecordType.BLOCK || !RecordType.isKnown(record.type())) {
      return;
    }
    compare("lost_events", record.lostEvents(), totals.lostEvents(), offset);
    compare("lost_bytes", record.lostBytes(), totals.lostBytes(), offset);
    if (totals.blocks() > 0) {
      compare("first_nanos", record.firstNanos(), totals.firstNanos(), offset);
      compare("last_nanos", record.lastNanos(), totals.lastNanos(), offset);
    }
  }

  private void compare(String field, long stated, long counted, long offset) {
    if (stated != counted) {
      error("totals", offset, field + " is " + stated + ", the records before give " + counted);
    }
  }

  private void index(RecordHeader record, long offset) throws IOException {
    CheckpointBody body;
    try {
      body = CheckpointBody.parse(planes.metadata(record, offset));
    } catch (MalformedPlaneException e) {
      return; // Whoever reads the body reports it.
    }
    if (!damagedSinceCheckpoint && body.previousCheckpoint() != lastCheckpoint) {
      error(
          "index",
          offset,
          "the checkpoint before is at "
              + lastCheckpoint
              + ", not at "
              + body.previousCheckpoint());
    }
    if (!damagedSinceCheckpoint && body.rows() != segment.size()) {
      error(
          "index",
          offset,
          "lists " + body.rows() + " blocks of " + segment.size() + " since the last checkpoint");
      return;
    }
    for (int row = 0; row < body.rows(); row++) {
      RecordHeader block = segment.get(body.offsets()[row]);
      boolean same =
          block == null
              ? damagedSinceCheckpoint
              : block.lengthBytes() == body.lengths()[row]
                  && block.eventCount() == body.eventCounts()[row]
                  && block.dataBytes() == body.dataBytes()[row]
                  && block.firstNanos() == body.firstNanos()[row]
                  && block.lastNanos() == body.lastNanos()[row];
      if (!same) {
        error("index", offset, "row " + row + " is not what the block's header says");
        return;
      }
    }
  }

  private void error(String kind, long offset, String text) {
    findings.accept(Finding.error(kind, offset, text));
  }
}
