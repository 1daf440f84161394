// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;

/** Captures that were made from others without unpacking a plane. */
final class CopiedCaptures {
  private static final int PAIRS = 2;

  private CopiedCaptures() {}

  static void valid(FormatCorpus.Sink sink) {
    List<byte[]> parts = split(ValidCaptures.TALK);
    sink.add(
        "copy-first-part", "The first two of six blocks: the others were not taken.", parts.get(0));
    sink.add(
        "copy-middle-part",
        "The third and fourth of six blocks, with the numbers that they had.",
        parts.get(1));
    byte[] recovered = recover(damaged());
    sink.add(
        "copy-of-damaged",
        "A copy of a file that lacked a block, a payload plane and its end: loss records say so.",
        recovered);
    sink.add(
        "copy-of-copy",
        "A copy of that copy, which was damaged in its turn.",
        recover(DamagedCaptures.flip(recovered, Captures.blocks(recovered).get(0).end() - 5)));
  }

  static void faults(FormatCorpus.Sink sink) {
    byte[] part = split(ValidCaptures.TALK).get(1);
    Captures.Placed first = Captures.blocks(part).get(0);
    sink.add(
        "copy-damaged",
        "A part of a file, and a bit flipped in a block's header: absent blocks are not missing.",
        DamagedCaptures.flip(part, first.offset() + 40));
    byte[] recovered = recover(damaged());
    Captures.Placed loss =
        Captures.records(recovered).stream()
            .filter(record -> record.header().type() == RecordType.LOSS)
            .findFirst()
            .orElseThrow();
    sink.add(
        "bit-in-loss-record",
        "One bit flipped in the body of a loss record.",
        DamagedCaptures.flip(recovered, loss.end() - 1));
  }

  /** Returns a capture with a bit flipped in a header and in a payload plane, and its end cut. */
  private static byte[] damaged() {
    List<Captures.Placed> blocks = Captures.blocks(ValidCaptures.TALK);
    byte[] damaged =
        DamagedCaptures.flip(ValidCaptures.TALK, blocks.get(1).offset() + RecordLayout.MAGIC_AT);
    damaged = DamagedCaptures.flip(damaged, blocks.get(3).end() - 9);
    return Arrays.copyOf(damaged, blocks.get(5).end() - 30);
  }

  private static List<byte[]> split(byte[] capture) {
    try {
      SplitRule rule = new SplitRule(SplitRule.Unit.BLOCKS, PAIRS);
      return Copies.copy(capture, "talk.tape", rule).files();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] recover(byte[] capture) {
    try {
      return Copies.recover(capture).file();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
