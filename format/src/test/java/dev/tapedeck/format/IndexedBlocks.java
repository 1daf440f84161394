// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.proto.Checkpoint;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What the index of a finished capture says, found as the specification says: from the trailer to
 * the footer, and back over the checkpoints.
 */
record IndexedBlocks(int checkpoints, List<Long> offsets) {
  static IndexedBlocks of(byte[] capture) throws Exception {
    int trailerAt = capture.length - RecordLayout.HEADER_BYTES;
    RecordHeader trailer = RecordHeader.parse(capture, trailerAt);
    List<Long> offsets = new ArrayList<>();
    int count = 0;
    long at = (long) trailerAt - trailer.previousLength();
    while (at != 0) {
      RecordHeader header = RecordHeader.parse(capture, (int) at);
      Checkpoint checkpoint =
          Checkpoint.parseFrom(
              ByteBuffer.wrap(
                  capture, (int) at + RecordLayout.HEADER_BYTES, header.metadata().storedBytes()));
      List<Long> here = new ArrayList<>(checkpoint.getBlocks().getOffsetList());
      Collections.reverse(here);
      offsets.addAll(here);
      count++;
      at = checkpoint.getPreviousCheckpoint();
    }
    Collections.reverse(offsets);
    return new IndexedBlocks(count, offsets);
  }
}
