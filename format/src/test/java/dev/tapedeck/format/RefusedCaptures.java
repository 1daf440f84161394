// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import com.github.luben.zstd.Zstd;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Files that a reader must refuse, with the reason, when it opens them or comes to a record. */
final class RefusedCaptures {
  private static final int VERSION_AT = 15;
  private static final int CODEC_AT = 49;
  private static final int CIPHER_AT = 50;
  private static final int INCOMPATIBLE_FLAGS_AT = 56;
  private static final byte[] TALK = ValidCaptures.TALK;
  private static final int SECOND_BLOCK = Captures.blocks(TALK).get(1).offset();

  private RefusedCaptures() {}

  static void forEach(FormatCorpus.Sink sink) {
    sink.add("refused-empty-file", "No bytes at all.", new byte[0]);
    sink.add(
        "refused-other-file",
        "Text that is no capture.",
        "PNG, PDF or whatever it is: no capture.\n".repeat(20).getBytes(StandardCharsets.US_ASCII));
    sink.add(
        "refused-zstd-file",
        "Zstd, but no capture.",
        Zstd.compress("no capture".getBytes(StandardCharsets.US_ASCII)));
    byte[] other = TALK.clone();
    for (Captures.Placed record : Captures.records(TALK)) {
      other[record.offset() + VERSION_AT] = 2;
    }
    sink.add("refused-version", "Version 2 of the format.", other);
    sink.add(
        "refused-flag-of-file",
        "A file header with an incompatible flag of a later version.",
        ForgedCapture.changeHeader(TALK, 0, INCOMPATIBLE_FLAGS_AT, 0x20));
    sink.add(
        "refused-flag-of-block",
        "A block with an incompatible flag of a later version: reading ends there.",
        ForgedCapture.changeHeader(TALK, SECOND_BLOCK, INCOMPATIBLE_FLAGS_AT, 0x20));
    sink.add(
        "refused-codec",
        "A block with a codec of a later version: reading ends there.",
        ForgedCapture.changeHeader(TALK, SECOND_BLOCK, CODEC_AT, 7));
    sink.add(
        "refused-cipher",
        "A block with a cipher of a later version: reading ends there.",
        ForgedCapture.changeHeader(TALK, SECOND_BLOCK, CIPHER_AT, 7));
    sink.add(
        "refused-cut-in-file-header",
        "Ends inside the first header: no capture yet.",
        Arrays.copyOf(TALK, 100));
    sink.add(
        "refused-cut-in-file-header-body",
        "Ends inside the file header's body: no capture yet.",
        Arrays.copyOf(TALK, 180));
    sink.add(
        "refused-line-ends-added",
        "Every LF was made CR LF, as by a transfer in text mode: the magic is gone.",
        lineEnds(TALK, "\n", "\r\n"));
    sink.add(
        "refused-line-ends-removed",
        "Every CR LF was made LF: the magic is gone.",
        lineEnds(TALK, "\r\n", "\n"));
  }

  private static byte[] lineEnds(byte[] capture, String from, String to) {
    return new String(capture, StandardCharsets.ISO_8859_1)
        .replace(from, to)
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}
