// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordType;
import java.util.Arrays;
import java.util.List;

/**
 * Captures that something happened to: bits, pages, bytes, blocks, ends. All come from one file of
 * six blocks with a checkpoint among them, or from one with blocks of more than a page.
 */
final class DamagedCaptures {
  private static final int PAGE_BYTES = 4_096;
  private static final byte[] TALK = ValidCaptures.TALK;
  private static final byte[] LARGE = ValidCaptures.LARGE;
  private static final List<Captures.Placed> RECORDS = Captures.records(TALK);
  private static final List<Captures.Placed> BLOCKS = Captures.blocks(TALK);
  private static final Captures.Placed CHECKPOINT =
      RECORDS.stream()
          .filter(record -> record.header().type() == RecordType.CHECKPOINT)
          .findFirst()
          .orElseThrow();
  private static final Captures.Placed FOOTER = RECORDS.get(RECORDS.size() - 2);
  private static final Captures.Placed TRAILER = RECORDS.get(RECORDS.size() - 1);

  private DamagedCaptures() {}

  static void forEach(FormatCorpus.Sink sink) {
    bits(sink);
    pages(sink);
    bytes(sink);
    cuts(sink);
    blocks(sink);
    inside(sink);
  }

  private static void bits(FormatCorpus.Sink sink) {
    String[] fields = {
      "frame-magic",
      "frame-length",
      "magic",
      "file-id",
      "own-offset",
      "sequence",
      "type",
      "codec",
      "length",
      "event-count",
      "time",
      "events-before",
      "checksum"
    };
    int[] at = {0, 4, 9, 20, 32, 40, 48, 49, 64, 88, 97, 136, 156};
    for (int i = 0; i < at.length; i++) {
      sink.add(
          "bit-in-" + fields[i],
          "One bit flipped in a block's header: that block is lost.",
          flip(TALK, BLOCKS.get(2).offset() + at[i]));
    }
    int metadataAt = BLOCKS.get(2).offset() + RecordLayout.HEADER_BYTES;
    sink.add(
        "bit-in-metadata-plane",
        "One bit flipped in a metadata plane: that block is lost.",
        flip(TALK, metadataAt + 30));
    sink.add(
        "bit-in-payload-plane",
        "One bit flipped in a payload plane: that block's events come without payload.",
        flip(TALK, BLOCKS.get(2).end() - 10));
    sink.add(
        "bit-in-checkpoint",
        "One bit flipped in a checkpoint's header.",
        flip(TALK, CHECKPOINT.offset() + 70));
    sink.add(
        "bit-in-checkpoint-body",
        "One bit flipped in a checkpoint's body.",
        flip(TALK, CHECKPOINT.end() - 9));
    sink.add(
        "bit-in-footer",
        "One bit flipped in the footer's header.",
        flip(TALK, FOOTER.offset() + 8));
    sink.add(
        "bit-in-footer-body",
        "One bit flipped in the footer's body.",
        flip(TALK, FOOTER.end() - 9));
    sink.add(
        "bit-in-trailer", "One bit flipped in the trailer.", flip(TALK, TRAILER.offset() + 60));
    sink.add(
        "bit-in-file-header",
        "One bit flipped in the file header's header: its content comes from a copy.",
        flip(TALK, 50));
    sink.add(
        "bit-in-version",
        "One bit flipped in the version of the file header: the other records tell.",
        flip(TALK, 15));
    sink.add(
        "bit-in-file-header-body",
        "One bit flipped in the file header's body: its content comes from a copy.",
        flip(TALK, RecordLayout.HEADER_BYTES + 12));
  }

  private static void pages(FormatCorpus.Sink sink) {
    sink.add(
        "page-zeroed",
        "A page of zeros in the middle.",
        overwrite(LARGE, 3 * PAGE_BYTES, new byte[PAGE_BYTES]));
    sink.add(
        "page-zeroed-with-header",
        "A page of zeros over the end of a block and the header of the next.",
        overwrite(LARGE, PAGE_BYTES, new byte[PAGE_BYTES]));
    sink.add(
        "first-page-zeroed",
        "A page of zeros at the start.",
        overwrite(LARGE, 0, new byte[PAGE_BYTES]));
    sink.add(
        "unfinished-and-damaged",
        "An unfinished file that lost a block before its checkpoint: the summary counts it.",
        flip(Arrays.copyOf(TALK, FOOTER.offset()), BLOCKS.get(1).offset() + 8));
    sink.add(
        "file-header-zeroed-unfinished",
        "An unfinished file without its header: the id comes from the first record that stands"
            + " where it says, the content from the checkpoint.",
        overwrite(Arrays.copyOf(TALK, FOOTER.offset()), 0, new byte[RECORDS.get(0).end()]));
    sink.add(
        "file-header-zeroed-no-copy",
        "The same without a checkpoint: nothing is known but the id.",
        overwrite(Arrays.copyOf(TALK, CHECKPOINT.offset()), 0, new byte[RECORDS.get(0).end()]));
    for (int[] move : new int[][] {{1, 4}, {4, 1}, {5, 2}}) {
      byte[] page = Arrays.copyOfRange(LARGE, move[0] * PAGE_BYTES, (move[0] + 1) * PAGE_BYTES);
      sink.add(
          "page-stale-" + move[0] + "-in-" + move[1],
          "Page " + move[0] + " of the file stands in the place of page " + move[1] + " too.",
          overwrite(LARGE, move[1] * PAGE_BYTES, page));
    }
    Captures.Placed later = BLOCKS.get(4);
    byte[] stale = Arrays.copyOfRange(TALK, later.offset(), later.offset() + 200);
    byte[] withStale = overwrite(TALK, BLOCKS.get(1).offset(), stale);
    sink.add(
        "stale-header-of-later-block",
        "The header of a later block stands in the place of an earlier one, whose successors are"
            + " still there.",
        withStale);
    sink.add(
        "stale-header-and-cut",
        "The same, and the file ends inside the block after that place.",
        Arrays.copyOf(withStale, BLOCKS.get(2).end() - 20));
  }

  private static void bytes(FormatCorpus.Sink sink) {
    byte[] three = {1, 2, 3};
    sink.add(
        "bytes-inserted-between-records",
        "Three bytes more between two blocks: no event is lost.",
        insert(TALK, BLOCKS.get(2).offset(), three));
    sink.add(
        "bytes-inserted-in-header",
        "Three bytes more in a block's header: that block is lost.",
        insert(TALK, BLOCKS.get(2).offset() + 40, three));
    sink.add(
        "bytes-inserted-in-metadata-plane",
        "Three bytes more in a metadata plane: that block is lost.",
        insert(TALK, BLOCKS.get(2).offset() + RecordLayout.HEADER_BYTES + 9, three));
    sink.add(
        "bytes-inserted-in-payload-plane",
        "Three bytes more in a payload plane: that block's events come without payload.",
        insert(TALK, BLOCKS.get(2).end() - 7, three));
    sink.add(
        "bytes-inserted-at-start",
        "Three bytes more before the file header: no record stands where it says.",
        insert(TALK, 0, three));
    sink.add(
        "bytes-inserted-and-removed",
        "Three bytes more between two blocks, three less further on: the distance ends.",
        remove(insert(TALK, BLOCKS.get(1).offset(), three), BLOCKS.get(4).offset() + 50, 3));
    sink.add(
        "bytes-removed-in-header",
        "Five bytes less in a block's header: that block is lost.",
        remove(TALK, BLOCKS.get(2).offset() + 40, 5));
    sink.add(
        "bytes-removed-in-metadata-plane",
        "Five bytes less in a metadata plane: that block is lost.",
        remove(TALK, BLOCKS.get(2).offset() + RecordLayout.HEADER_BYTES + 9, 5));
    sink.add(
        "bytes-removed-in-payload-plane",
        "Five bytes less in a payload plane: that block's events come without payload.",
        remove(TALK, BLOCKS.get(2).end() - 7, 5));
    sink.add(
        "bytes-removed-at-start",
        "The first half of the file header is missing: no record stands where it says.",
        remove(TALK, 0, 80));
    sink.add(
        "bytes-removed-over-two-blocks",
        "The end of a block and the start of the next are missing: both are damaged.",
        remove(TALK, BLOCKS.get(2).end() - 20, 60));
    sink.add(
        "trailing-bytes",
        "Bytes after the trailer.",
        Captures.concat(TALK, CorpusEvents.text(1, 300).toArray()));
    sink.add(
        "trailing-capture",
        "The same capture a second time after the trailer: it is not read again.",
        Captures.concat(TALK, TALK));
  }

  private static void cuts(FormatCorpus.Sink sink) {
    Captures.Placed last = BLOCKS.get(5);
    int planesAt = last.offset() + RecordLayout.HEADER_BYTES;
    sink.add(
        "cut-in-header", "Ends inside a block's header.", Arrays.copyOf(TALK, last.offset() + 99));
    sink.add("cut-after-header", "Ends after a block's header.", Arrays.copyOf(TALK, planesAt));
    sink.add(
        "cut-in-metadata-plane",
        "Ends inside a metadata plane.",
        Arrays.copyOf(TALK, planesAt + 20));
    sink.add(
        "cut-in-payload-plane",
        "Ends inside a payload plane.",
        Arrays.copyOf(TALK, last.end() - 1));
    sink.add(
        "cut-after-block",
        "Ends after the last block: not finished, but not damaged.",
        Arrays.copyOf(TALK, last.end()));
    sink.add(
        "cut-in-checkpoint",
        "Ends inside the body of a checkpoint.",
        Arrays.copyOf(TALK, CHECKPOINT.end() - 30));
    sink.add("cut-in-footer", "Ends inside the footer.", Arrays.copyOf(TALK, FOOTER.end() - 30));
    sink.add("cut-before-trailer", "Ends after the footer.", Arrays.copyOf(TALK, FOOTER.end()));
    sink.add("cut-in-trailer", "Ends inside the trailer.", Arrays.copyOf(TALK, TRAILER.end() - 1));
    sink.add(
        "end-zeroed",
        "Zeros from the middle of a block to the end, as after a power failure.",
        overwrite(TALK, planesAt + 20, new byte[TALK.length - planesAt - 20]));
    sink.add(
        "end-overwritten",
        "Zeros from the start of a block to the end.",
        overwrite(TALK, last.offset(), new byte[TALK.length - last.offset()]));
  }

  private static void blocks(FormatCorpus.Sink sink) {
    Captures.Placed third = BLOCKS.get(2);
    byte[] block = Arrays.copyOfRange(TALK, third.offset(), third.end());
    sink.add(
        "block-removed",
        "A block is missing: what follows stands elsewhere.",
        remove(TALK, third.offset(), block.length));
    sink.add(
        "blocks-removed-at-end",
        "The last two blocks are missing; footer and trailer are there.",
        remove(TALK, BLOCKS.get(4).offset(), BLOCKS.get(5).end() - BLOCKS.get(4).offset()));
    sink.add(
        "block-twice",
        "A block stands there twice: it counts once.",
        insert(TALK, third.end(), block));
    sink.add(
        "blocks-swapped",
        "Two blocks changed places: the earlier one is lost.",
        insert(
            remove(TALK, third.offset(), block.length), BLOCKS.get(3).end() - block.length, block));
    byte[] other = UploadedCapture.otherFile();
    Captures.Placed foreign = Captures.blocks(other).get(2);
    byte[] foreignBlock = Arrays.copyOfRange(other, foreign.offset(), foreign.end());
    sink.add(
        "foreign-block-inserted",
        "A block of another file stands between two blocks: it is skipped.",
        insert(TALK, third.offset(), foreignBlock));
    sink.add(
        "blocks-missing",
        "A block that stands where it says, after a block that was never there.",
        Captures.concat(Arrays.copyOf(TALK, third.offset()), moved(BLOCKS.get(3), third.offset())));
  }

  /** Returns the block as if it had been written at another place. */
  private static byte[] moved(Captures.Placed block, int offset) {
    byte[] bytes = Arrays.copyOfRange(TALK, block.offset(), block.end());
    block.header().toBuilder()
        .place(offset, block.header().previousLength())
        .build()
        .writeTo(bytes);
    return bytes;
  }

  private static void inside(FormatCorpus.Sink sink) {
    WriterOptions store = WriterOptions.newBuilder().codec(Codec.STORE).build();
    byte[] foreign = UploadedCapture.in(store, UploadedCapture.otherFile());
    byte[] own = UploadedCapture.in(store, UploadedCapture.ownPast());
    int foreignAt = Captures.blocks(foreign).get(UploadedCapture.UPLOAD_BLOCK).offset();
    int ownAt = Captures.blocks(own).get(UploadedCapture.UPLOAD_BLOCK).offset();
    sink.add(
        "header-before-other-capture",
        "The header of a block that holds another capture is damaged: that one's records are not"
            + " the file's.",
        flip(foreign, foreignAt + 10));
    sink.add(
        "header-before-own-past",
        "The header of a block that holds the file's own past is damaged: it is not read again.",
        flip(own, ownAt + 10));
    sink.add(
        "file-header-before-other-capture",
        "The file header is damaged, the trailer cut off, and a block holds another capture.",
        flip(Arrays.copyOf(foreign, Captures.blocks(foreign).get(4).end()), 10));
  }

  /** Flips the lowest bit of a byte. */
  static byte[] flip(byte[] capture, int at) {
    byte[] flipped = capture.clone();
    flipped[at] ^= 1;
    return flipped;
  }

  private static byte[] overwrite(byte[] capture, int at, byte[] with) {
    byte[] overwritten = capture.clone();
    System.arraycopy(with, 0, overwritten, at, with.length);
    return overwritten;
  }

  private static byte[] insert(byte[] capture, int at, byte[] bytes) {
    return Captures.concat(
        Arrays.copyOf(capture, at), bytes, Arrays.copyOfRange(capture, at, capture.length));
  }

  private static byte[] remove(byte[] capture, int at, int count) {
    return Captures.concat(
        Arrays.copyOf(capture, at), Arrays.copyOfRange(capture, at + count, capture.length));
  }
}
