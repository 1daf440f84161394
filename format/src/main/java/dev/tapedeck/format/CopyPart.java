// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.RecordHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A file that is being made from a part of another, and what there is to tell about it.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class CopyPart {
  private final CopyPlan.Part plan;
  private final CopyTarget target;
  private final CopyWriter writer;
  private final List<Damage> damages = new ArrayList<>();
  private long lostBlocks;
  private long lostEvents;
  private long lostDataBytes;
  private boolean lossUnknown;
  private long unknownRecords;

  CopyPart(CopyPlan.Part plan, CopyTarget target, CopyWriter writer) {
    this.plan = plan;
    this.target = target;
    this.writer = writer;
  }

  void begin() throws IOException {
    writer.begin();
  }

  void block(RecordHeader source, byte[] record, boolean withPayload) throws IOException {
    writer.block(source, record, withPayload);
  }

  /** Takes a loss record over. */
  void knownLoss(CopyLoss loss, byte[] body) throws IOException {
    writer.loss(loss, body);
  }

  void unknownRecord() {
    unknownRecords++;
  }

  void damage(Damage damage) {
    damages.add(damage);
  }

  /**
   * Writes down what is lost, unless it is nothing.
   *
   * @param expected true for the cut end of a file that nobody finished
   */
  void loss(CopyLoss loss, boolean expected) throws IOException {
    if (!loss.concernsContent() && loss.lengthBytes() == 0) {
      return;
    }
    writer.loss(loss, loss.toBody());
    lostBlocks += Math.max(0, loss.blocks());
    lostEvents += Math.max(0, loss.events());
    lostDataBytes += Math.max(0, loss.dataBytes());
    lossUnknown |=
        !expected && Math.min(loss.blocks(), Math.min(loss.events(), loss.dataBytes())) < 0;
  }

  CopyReport finish(boolean unfinished) throws IOException {
    writer.finish(plan.endSequence());
    long fileBytes = target.channel().length();
    target.complete();
    return new CopyReport(
        writer.totals().blocks(),
        writer.totals().events(),
        writer.totals().dataBytes(),
        fileBytes,
        plan.firstSequence(),
        plan.endSequence(),
        damages,
        lostBlocks,
        lostEvents,
        lostDataBytes,
        lossUnknown,
        unfinished,
        unknownRecords);
  }

  void discard(IOException failure) {
    target.discard(failure);
  }
}
