// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.FrameReader;
import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.PlaneInfo;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordSource;
import java.io.IOException;
import java.util.Arrays;

/**
 * Reads the planes of blocks and the bodies of other records, checked.
 *
 * <p><b>Lifecycle:</b> {@link #close} frees native memory. <b>Threads:</b> confined to one thread.
 */
final class PlaneReader implements AutoCloseable {
  private static final int INITIAL_BYTES = 1 << 10;

  private final RecordSource source;
  private final int maxBytes;
  private final FrameReader frames = new FrameReader();
  private byte[] stored = new byte[INITIAL_BYTES];

  PlaneReader(RecordSource source, int maxBytes) {
    this.source = source;
    this.maxBytes = maxBytes;
  }

  /** Returns a reader of the same file's planes that takes them from elsewhere. */
  PlaneReader from(RecordSource other) {
    return new PlaneReader(other, maxBytes);
  }

  /** Returns the metadata plane of the record at {@code offset}, or its body, decompressed. */
  byte[] metadata(RecordHeader record, long offset) throws IOException, MalformedPlaneException {
    return plane(record, record.metadata(), offset + RecordLayout.HEADER_BYTES, "metadata");
  }

  /** Returns the payload plane of the block at {@code offset}, decompressed. */
  byte[] payload(RecordHeader record, long offset) throws IOException, MalformedPlaneException {
    long from = offset + RecordLayout.HEADER_BYTES + record.metadata().storedBytes();
    return plane(record, record.payload(), from, "payload");
  }

  private byte[] plane(RecordHeader record, PlaneInfo plane, long offset, String what)
      throws IOException, MalformedPlaneException {
    StoredPlane.requireLimit(plane, maxBytes, what);
    if (plane.storedBytes() == 0) {
      if (plane.rawBytes() != 0) {
        throw new MalformedPlaneException("the " + what + " plane is empty and says it is not");
      }
      return new byte[0];
    }
    if (stored.length < plane.storedBytes()) {
      stored = new byte[plane.storedBytes() + plane.storedBytes() / 4];
    }
    StoredPlane.read(source, offset, plane, stored, 0, what);
    return switch (record.codec()) {
      case RecordHeader.CODEC_ZSTD ->
          frames.decompress(stored, 0, plane.storedBytes(), plane.rawBytes());
      case RecordHeader.CODEC_PLAIN -> {
        if (plane.rawBytes() != plane.storedBytes()) {
          throw new MalformedPlaneException("a plain plane has two lengths");
        }
        yield Arrays.copyOf(stored, plane.storedBytes());
      }
      default -> throw new MalformedPlaneException("the codec is unknown: " + record.codec());
    };
  }

  @Override
  public void close() {
    frames.close();
  }
}
