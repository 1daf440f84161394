// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Captures of somebody uploading a capture: records in the payload of a block. */
final class UploadedCapture {
  private static final WriterOptions STORE = WriterOptions.newBuilder().codec(Codec.STORE).build();
  private static final StreamId UPLOAD =
      new StreamId(new ConnectionId(TestObjects.HOST_ID, 9, 1), Direction.INGRESS);
  private static final List<List<CaptureEvent>> TALK = CorpusEvents.talk(4, 100, true);

  /** The block that holds the upload, counted from 0. */
  static final int UPLOAD_BLOCK = 2;

  private UploadedCapture() {}

  /** Returns a capture with another file id. */
  static byte[] otherFile() {
    CaptureHeader other =
        TestObjects.header().toBuilder().fileId(Bytes.latin1("another file id.")).build();
    return CaptureForge.assemble(other, CaptureForge.parts(Captures.write(STORE, TALK)));
  }

  /** Returns what {@link #in} writes before the block of the upload. */
  static byte[] ownPast() {
    byte[] whole = Captures.write(STORE, TALK);
    return Arrays.copyOf(whole, Captures.blocks(whole).get(UPLOAD_BLOCK).offset());
  }

  /** Returns a capture of two blocks, one that holds the bytes, and two more. */
  static byte[] in(WriterOptions options, byte[] inner) {
    Bytes payload = Bytes.wrap(inner, 0, inner.length);
    List<List<CaptureEvent>> blocks = new ArrayList<>(TALK);
    blocks.add(UPLOAD_BLOCK, List.of(CorpusEvents.data(1_500, UPLOAD, 0, payload)));
    return Captures.write(options, blocks);
  }
}
