// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which blocks of a capture go into which part, from the block headers alone.
 *
 * <p><b>Limits:</b> takes some 100 bytes of memory for each block while it is made.
 */
final class CopyPlan {
  /** What a part's index and checkpoints need for each block, at most. */
  private static final int INDEX_ROW_BYTES = 80;

  /** A file header and a footer, each with a copy of the header, and room for checkpoints. */
  private static final int HEADER_COPIES = 4;

  /**
   * Blocks that follow one another.
   *
   * @param offset of its first block in the file that is read; 0 in the first part
   * @param firstSequence of its first block
   * @param endSequence of the first block after it
   */
  record Part(long offset, long firstSequence, long endSequence) {}

  private record Block(long offset, long sequence, long lengthBytes, long firstNanos) {}

  private final SplitRule rule;
  private final long overheadBytes;
  private final List<Block> blocks = new ArrayList<>();
  private long firstSequence = -1;
  private long endSequence;

  /**
   * Begins a plan.
   *
   * @param headerBytes of the body of a part's file header
   */
  private CopyPlan(SplitRule rule, int headerBytes) {
    this.rule = rule;
    this.overheadBytes =
        HEADER_COPIES * (long) (RecordLayout.HEADER_BYTES + headerBytes)
            + RecordLayout.HEADER_BYTES;
  }

  /**
   * Returns the parts of the file that is walked over; at least one.
   *
   * @throws CaptureFormatException when a record has more blocks before it than a copy can say it
   *     lacks, some 2 PiB
   */
  static List<Part> of(String name, RecordWalk walk, SplitRule rule, int headerBytes)
      throws IOException {
    CopyPlan plan = new CopyPlan(rule, headerBytes);
    for (RecordHeader record = walk.next(); record != null; record = walk.next()) {
      if (record.sequence() >= Integer.MAX_VALUE) {
        throw new CaptureFormatException.Unsupported(
            name,
            walk.offset(),
            RecordType.nameOf(record.type()),
            "less than " + Integer.MAX_VALUE + " blocks before it",
            "sequence " + record.sequence());
      }
      plan.add(record, walk.offset());
    }
    return plan.parts();
  }

  private void add(RecordHeader record, long offset) {
    if (firstSequence < 0) {
      firstSequence = record.absentBlocks();
    }
    endSequence = record.sequence();
    if (record.type() == RecordType.BLOCK) {
      blocks.add(new Block(offset, record.sequence(), record.lengthBytes(), record.firstNanos()));
      endSequence++;
    }
  }

  private List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    long offset = 0;
    long sequence = Math.max(0, firstSequence);
    long totalBytes = blocks.stream().mapToLong(Block::lengthBytes).sum();
    long passedBytes = 0;
    long partBytes = overheadBytes;
    int partStart = 0;
    long slot = 0;
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      long blockSlot = slot(block);
      boolean cut =
          switch (rule.unit()) {
            case BLOCKS -> i - partStart >= rule.amount();
            case BYTES -> partBytes + rowBytes(block) > rule.amount();
            case NANOS -> blockSlot > slot;
            case PARTS ->
                parts.size() < rule.amount() - 1
                    && (blocks.size() - i < rule.amount() - parts.size()
                        || passedBytes + block.lengthBytes() / 2.0
                            >= (double) totalBytes / rule.amount() * (parts.size() + 1));
          };
      if (cut && i > partStart) {
        parts.add(new Part(offset, sequence, block.sequence()));
        offset = block.offset();
        sequence = block.sequence();
        partStart = i;
        partBytes = overheadBytes;
      }
      slot = Math.max(slot, blockSlot);
      partBytes += rowBytes(block);
      passedBytes += block.lengthBytes();
    }
    parts.add(new Part(offset, sequence, Math.max(sequence, endSequence)));
    return parts;
  }

  private long slot(Block block) {
    return rule.unit() == SplitRule.Unit.NANOS
        ? (block.firstNanos() - blocks.get(0).firstNanos()) / rule.amount()
        : 0;
  }

  private static long rowBytes(Block block) {
    return block.lengthBytes() + INDEX_ROW_BYTES;
  }
}
