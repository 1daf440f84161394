// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.FrameReader;
import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.PlaneInfo;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordSource;
import dev.tapedeck.format.internal.RecordType;
import dev.tapedeck.format.internal.crypto.CaptureOpener;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

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
  private byte[] buffer = new byte[INITIAL_BYTES];

  /** What was fetched last: the buffer, or where the source holds it. */
  private byte[] stored = buffer;

  private int storedAt;
  private @Nullable EncryptedFile encrypted;
  private @Nullable CaptureOpener opener;

  /** The digest of the metadata plane that was read last and where its block stands. */
  private byte[] metadataDigest = new byte[0];

  private long digestedOffset = -1;

  PlaneReader(RecordSource source, int maxBytes) {
    this.source = source;
    this.maxBytes = maxBytes;
  }

  /** Returns a reader of the same file's planes that takes them from elsewhere. */
  PlaneReader from(RecordSource other) {
    PlaneReader reader = new PlaneReader(other, maxBytes);
    reader.unlock(encrypted);
    return reader;
  }

  /**
   * Reads encrypted planes from now on.
   *
   * @param encrypted null when the file is not
   */
  void unlock(@Nullable EncryptedFile encrypted) {
    this.encrypted = encrypted;
    this.opener = encrypted == null ? null : encrypted.newOpener();
  }

  /** Returns false when payload planes are encrypted and cannot be read. */
  boolean hasPayloadKey() {
    return encrypted == null || encrypted.access() == CaptureAccess.ALL;
  }

  /** Returns what is known about the file's encryption; null when it has none. */
  @Nullable EncryptedFile encrypted() {
    return encrypted;
  }

  /** Returns the metadata plane of the record at {@code offset}, or its body, decompressed. */
  byte[] metadata(RecordHeader record, long offset) throws IOException, MalformedPlaneException {
    PlaneInfo plane = record.metadata();
    fetch(plane, offset + RecordLayout.HEADER_BYTES, "metadata");
    if (!isEncrypted(record, "metadata")) {
      return plain(record, plane, stored, storedAt, plane.storedBytes(), "metadata");
    }
    CaptureOpener keys = requireOpener("metadata");
    if (record.payload().storedBytes() > 0) {
      metadataDigest = keys.digest(stored, plane.storedBytes());
      digestedOffset = offset;
    }
    try {
      keys.openMetadata(record, stored, plane.storedBytes());
    } catch (MalformedPlaneException e) {
      throw MalformedPlaneException.tampered("the metadata plane: " + e.reason());
    }
    return plain(record, plane, keys.frame(), 0, keys.frameBytes(), "metadata");
  }

  /** Returns the payload plane of the block at {@code offset}, decompressed. */
  byte[] payload(RecordHeader record, long offset) throws IOException, MalformedPlaneException {
    boolean sealed = isEncrypted(record, "payload");
    if (sealed && digestedOffset != offset) {
      metadata(record, offset);
    }
    PlaneInfo plane = record.payload();
    fetch(plane, offset + RecordLayout.HEADER_BYTES + record.metadata().storedBytes(), "payload");
    if (!sealed) {
      return plain(record, plane, stored, storedAt, plane.storedBytes(), "payload");
    }
    CaptureOpener keys = requireOpener("payload");
    if (plane.storedBytes() == 0) {
      return new byte[0];
    }
    try {
      keys.openPayload(record, metadataDigest, stored, plane.storedBytes());
    } catch (MalformedPlaneException e) {
      throw MalformedPlaneException.tampered("the payload plane: " + e.reason());
    }
    return plain(record, plane, keys.frame(), 0, keys.frameBytes(), "payload");
  }

  private boolean isEncrypted(RecordHeader record, String what) throws MalformedPlaneException {
    boolean block = record.type() == RecordType.BLOCK;
    if (block && encrypted != null) {
      encrypted.requireGenuine(record);
    } else if (record.cipher() != 0) {
      throw new MalformedPlaneException(
          "the " + what + " plane is encrypted, and there are no keys in the file's header");
    }
    return block && encrypted != null;
  }

  private CaptureOpener requireOpener(String what) throws MalformedPlaneException {
    if (opener == null) {
      throw new MalformedPlaneException("the " + what + " plane is encrypted");
    }
    return opener;
  }

  /** Sets {@link #stored} to what is stored of a plane, checked; from 0 on when it is encrypted. */
  private void fetch(PlaneInfo plane, long offset, String what)
      throws IOException, MalformedPlaneException {
    StoredPlane.requireLimit(plane, maxBytes, what);
    if (plane.storedBytes() == 0) {
      return;
    }
    int held = encrypted == null ? source.heldAt(offset, plane.storedBytes()) : -1;
    if (held >= 0) {
      stored = source.held();
      storedAt = held;
      StoredPlane.check(plane, stored, held, what);
      return;
    }
    if (buffer.length < plane.storedBytes()) {
      buffer = new byte[plane.storedBytes() + plane.storedBytes() / 4];
    }
    stored = buffer;
    storedAt = 0;
    StoredPlane.read(source, offset, plane, buffer, 0, what);
  }

  private byte[] plain(
      RecordHeader record, PlaneInfo plane, byte[] frame, int at, int frameBytes, String what)
      throws MalformedPlaneException {
    if (plane.storedBytes() == 0) {
      if (plane.rawBytes() != 0) {
        throw new MalformedPlaneException("the " + what + " plane is empty and says it is not");
      }
      return new byte[0];
    }
    return switch (record.codec()) {
      case RecordHeader.CODEC_ZSTD -> frames.decompress(frame, at, frameBytes, plane.rawBytes());
      case RecordHeader.CODEC_PLAIN -> {
        if (plane.rawBytes() != frameBytes) {
          throw new MalformedPlaneException("a plain plane has two lengths");
        }
        yield Arrays.copyOfRange(frame, at, at + frameBytes);
      }
      default -> throw new MalformedPlaneException("the codec is unknown: " + record.codec());
    };
  }

  @Override
  public void close() {
    frames.close();
  }
}
