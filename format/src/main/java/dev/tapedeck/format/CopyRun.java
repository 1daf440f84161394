// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.RecordChannel;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goes over a capture once and takes what is sound into the parts of a plan.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class CopyRun {
  private final RecordChannel channel;
  private final String name;
  private final PlaneReader planes;
  private final RecordReader records;
  private final boolean unfinished;
  private final Parts parts;
  private final List<Damage> pending = new ArrayList<>();
  private final List<CopyReport> reports = new ArrayList<>();
  private byte[] block = new byte[RecordLayout.HEADER_BYTES];
  private int opened;
  private @Nullable CopyPart open;

  /** The record that was taken last. */
  private @Nullable RecordHeader last;

  /**
   * Makes a run.
   *
   * @param unfinished true when the file's name says that nobody finished it
   */
  CopyRun(RecordChannel channel, String name, PlaneReader planes, boolean unfinished, Parts parts) {
    this.channel = channel;
    this.name = name;
    this.planes = planes;
    this.records = new RecordReader(name, planes);
    this.unfinished = unfinished;
    this.parts = parts;
  }

  /** Makes the files of a plan. */
  interface Parts {
    /** Returns the plan, of at least one part. */
    List<CopyPlan.Part> plan();

    /** Makes the file of the part with that index. */
    CopyPart create(int index) throws IOException;
  }

  /** Takes damage from the walk; {@link #run} says what it means. */
  void damage(Damage damage) {
    pending.add(damage);
  }

  /** Copies everything. */
  List<CopyReport> run(RecordWalk walk) throws IOException {
    try {
      CopyPart part = nextPart();
      for (RecordHeader record = walk.next(); record != null; record = walk.next()) {
        lossesBefore(record, part);
        Support.requireKnown(name, walk.offset(), record);
        if (record.type() == RecordType.BLOCK && isNextPart(walk.offset())) {
          part = finish(part, true);
        }
        take(record, walk.offset(), part);
        last = record;
      }
      lossesAtEnd(walk, part);
      finish(part, false);
    } catch (IOException e) {
      if (open != null) {
        open.discard(e);
      }
      throw e;
    }
    return reports;
  }

  private boolean isNextPart(long offset) {
    return opened < parts.plan().size() && parts.plan().get(opened).offset() == offset;
  }

  private CopyPart nextPart() throws IOException {
    CopyPart part = parts.create(opened);
    open = part;
    opened++;
    part.begin();
    return part;
  }

  private CopyPart finish(CopyPart part, boolean more) throws IOException {
    boolean lastPart = opened == parts.plan().size();
    reports.add(part.finish(unfinished && lastPart));
    open = null;
    return more ? nextPart() : part;
  }

  private void take(RecordHeader record, long offset, CopyPart part) throws IOException {
    if (record.type() == RecordType.BLOCK) {
      takeBlock(record, offset, part);
    } else if (record.type() == RecordType.LOSS) {
      takeLoss(record, offset, part);
    } else if (RecordType.isKnown(record.type())) {
      records.read(record, offset, Projection.METADATA, event -> {}, part::damage);
    } else {
      part.unknownRecord();
    }
  }

  private void takeBlock(RecordHeader record, long offset, CopyPart part) throws IOException {
    long length = record.lengthBytes();
    int planesAt = RecordLayout.HEADER_BYTES;
    int payloadAt = planesAt + record.metadata().storedBytes();
    try {
      StoredPlane.requireLimit(record.metadata(), ReaderOptions.MAX_BLOCK_BYTES, "metadata");
      room(record);
      StoredPlane.read(channel, offset + planesAt, record.metadata(), block, planesAt, "metadata");
    } catch (MalformedPlaneException e) {
      part.damage(new Damage(offset, length, DamageKind.BLOCK, e.reason(), record.eventCount()));
      part.loss(
          new CopyLoss(
              CopyLoss.Kind.BLOCK,
              1,
              record.eventCount(),
              record.presentDataBytes(),
              offset,
              length),
          false);
      return;
    }
    try {
      StoredPlane.requireLimit(record.payload(), ReaderOptions.MAX_BLOCK_BYTES, "payload");
      StoredPlane.read(channel, offset + payloadAt, record.payload(), block, payloadAt, "payload");
    } catch (MalformedPlaneException e) {
      int stored = record.payload().storedBytes();
      part.damage(new Damage(offset + payloadAt, stored, DamageKind.BLOCK, e.reason(), 0));
      part.block(record, block, false);
      part.loss(
          new CopyLoss(CopyLoss.Kind.PAYLOAD, 0, 0, record.dataBytes(), offset + payloadAt, stored),
          false);
      return;
    }
    part.block(record, block, true);
  }

  /** Makes room for the record, as far as its lengths are within the limit. */
  private void room(RecordHeader record) {
    long length =
        (long) RecordLayout.HEADER_BYTES
            + record.metadata().storedBytes()
            + Math.min(record.payload().storedBytes(), ReaderOptions.MAX_BLOCK_BYTES);
    if (block.length < length) {
      block = new byte[(int) (length + length / 4)];
    }
  }

  private void takeLoss(RecordHeader record, long offset, CopyPart part) throws IOException {
    try {
      byte[] body = planes.metadata(record, offset);
      part.knownLoss(CopyLoss.ofBody(body), body);
    } catch (MalformedPlaneException e) {
      long length = record.lengthBytes();
      String reason = RecordType.nameOf(record.type()) + ": " + e.reason();
      part.damage(new Damage(offset, length, DamageKind.INDEX, reason, 0));
      part.loss(unknown(CopyLoss.Kind.NO_RECORD, offset, length), false);
    }
  }

  /** Writes down what is missing before a record: its totals say how much that is. */
  private void lossesBefore(RecordHeader record, CopyPart part) throws IOException {
    for (Damage damage : pending) {
      part.damage(damage);
      part.loss(
          new CopyLoss(
              damage.kind() == DamageKind.MISSING || damage.lengthBytes() == 0
                  ? CopyLoss.Kind.MISSING
                  : CopyLoss.Kind.NO_RECORD,
              Math.max(0, record.blocksBefore() - blocksPassed()),
              damage.lostEvents(),
              Math.max(0, record.dataBytesBefore() - dataBytesPassed()),
              damage.offset(),
              damage.lengthBytes()),
          false);
    }
    pending.clear();
  }

  private long blocksPassed() {
    return last == null ? 0 : last.blocksBefore() + (last.type() == RecordType.BLOCK ? 1 : 0);
  }

  private long dataBytesPassed() {
    return last == null ? 0 : last.dataBytesBefore() + last.presentDataBytes();
  }

  private void lossesAtEnd(RecordWalk walk, CopyPart part) throws IOException {
    // Whatever followed a footer was no block.
    boolean whole = walk.isComplete() || (last != null && last.type() == RecordType.FOOTER);
    for (Damage damage : pending) {
      boolean cut = damage.kind() == DamageKind.TRUNCATED;
      CopyLoss.Kind kind = cut ? CopyLoss.Kind.END : CopyLoss.Kind.NO_RECORD;
      part.damage(damage);
      part.loss(
          whole
              ? new CopyLoss(kind, 0, 0, 0, damage.offset(), damage.lengthBytes())
              : unknown(kind, damage.offset(), damage.lengthBytes()),
          cut && unfinished);
    }
    if (!whole && pending.isEmpty() && !unfinished) {
      part.loss(unknown(CopyLoss.Kind.END, walk.size(), 0), false);
    }
    pending.clear();
  }

  private static CopyLoss unknown(CopyLoss.Kind kind, long offset, long lengthBytes) {
    return new CopyLoss(kind, Damage.UNKNOWN, Damage.UNKNOWN, Damage.UNKNOWN, offset, lengthBytes);
  }
}
