// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.PlaneBuffer;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.crypto.CaptureSealer;
import dev.tapedeck.format.internal.proto.FileHeader;
import org.jspecify.annotations.Nullable;

/**
 * The encryption of one file that is being written: planes wait here in memory until their block's
 * header is known, and reach the record as ciphertext alone.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class BlockSealing {
  private final Bytes fileId;
  private final FileKeys keys;
  private final CaptureSealer sealer;
  private final PlaneBuffer metadata;
  private final PlaneBuffer payload;

  private BlockSealing(Encryption encryption, Bytes fileId, int blockBytes) {
    this.fileId = fileId;
    this.keys = encryption.newKeys();
    this.sealer =
        new CaptureSealer(
            fileId.toArray(), keys.metadataKey(), keys.payloadKey(), encryption.random());
    this.metadata = new PlaneBuffer(blockBytes / 4);
    this.payload = new PlaneBuffer(blockBytes);
  }

  /** Returns null when the file is not to be encrypted. */
  static @Nullable BlockSealing of(WriterOptions options, CaptureHeader header) {
    Encryption encryption = options.encryption();
    return encryption == null
        ? null
        : new BlockSealing(encryption, header.fileId(), options.blockBytes());
  }

  /** Returns the header as it may stand in the file. */
  FileHeader seal(FileHeader header) {
    return EncryptedFile.seal(header, fileId, keys, sealer);
  }

  /** Returns where a block's metadata plane waits. */
  PlaneBuffer metadata() {
    return metadata;
  }

  /** Returns where a block's payload plane waits. */
  PlaneBuffer payload() {
    return payload;
  }

  /** Appends the planes that wait to their record; returns the header that fits. */
  RecordHeader sealPlanes(RecordHeader block, PlaneBuffer record) {
    RecordHeader sealed = sealer.sealPlanes(block, metadata, payload, record);
    metadata.clear();
    payload.clear();
    return sealed;
  }

  /** Returns the seal of a footer. */
  byte[] seal(RecordHeader footer) {
    return sealer.seal(footer);
  }
}
