// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes the records of a ring buffer. */
@FunctionalInterface
public interface RingRecordHandler {
  /**
   * Takes one record.
   *
   * <p><b>Ownership:</b> the bytes are the ring's own and change after return; the buffer's
   * position and limit must be left alone.
   *
   * @param memory holds the record in one piece, in the host's byte order
   * @param offset of the record's first byte
   * @param lengthBytes of the record
   * @throws IOException when the record cannot be passed on; it counts as consumed all the same
   */
  void record(ByteBuffer memory, int offset, int lengthBytes) throws IOException;
}
