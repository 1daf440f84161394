// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal.crypto;

import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Decrypts what one file keeps secret, as far as its keys go.
 *
 * <p><b>Threads:</b> confined to one thread. <b>Ownership:</b> the keys are not copied.
 */
public final class CaptureOpener {
  private final byte[] metadataKey;
  private final byte @Nullable [] payloadKey;
  private final AdditionalData additionalData;
  private final EnvelopeCipher envelopes = new EnvelopeCipher();
  private byte[] frame = new byte[1 << 10];
  private int frameBytes;

  /**
   * Takes the file's keys.
   *
   * @param originFileId 16 bytes
   * @param payloadKey null when it is not known
   */
  public CaptureOpener(byte[] originFileId, byte[] metadataKey, byte @Nullable [] payloadKey) {
    this.metadataKey = metadataKey;
    this.payloadKey = payloadKey;
    this.additionalData = new AdditionalData(originFileId);
  }

  /** Returns what a block's stored metadata plane is bound to its payload plane by. */
  public byte[] digest(byte[] stored, int count) {
    return additionalData.digest(stored, 0, count);
  }

  /** Decrypts a metadata plane; {@link #frame} has the result. */
  public void openMetadata(RecordHeader block, byte[] stored, int count)
      throws MalformedPlaneException {
    openPlane(metadataKey, Place.METADATA, additionalData.ofMetadata(block), stored, count);
  }

  /**
   * Decrypts the payload plane that belongs to a metadata plane; {@link #frame} has the result.
   *
   * @param metadataSha256 the {@link #digest} of the metadata plane
   */
  public void openPayload(RecordHeader block, byte[] metadataSha256, byte[] stored, int count)
      throws MalformedPlaneException {
    if (payloadKey == null) {
      throw new IllegalStateException("payloadKey=null");
    }
    byte[] data = additionalData.ofPayload(block, metadataSha256);
    openPlane(payloadKey, Place.PAYLOAD, data, stored, count);
  }

  private void openPlane(byte[] key, Place place, byte[] data, byte[] stored, int count)
      throws MalformedPlaneException {
    int plainBytes =
        PlaneFrame.isOne(stored, count)
            ? EnvelopeCipher.openedBytes(count - PlaneFrame.PREFIX_BYTES)
            : -1;
    if (plainBytes < 0) {
      throw MalformedPlaneException.tampered("it is no envelope");
    }
    if (frame.length < plainBytes) {
      frame = new byte[plainBytes + plainBytes / 4];
    }
    frameBytes = plainBytes;
    int from = PlaneFrame.PREFIX_BYTES;
    envelopes.open(key, place, data, stored, from, count - from, frame);
  }

  /** Returns the storage of the plane that was decrypted last; valid until the next one. */
  public byte[] frame() {
    return frame;
  }

  /** Returns how many bytes of {@link #frame} count. */
  public int frameBytes() {
    return frameBytes;
  }

  /** Returns the header's facts. */
  public byte[] openHeader(byte[] sealed, byte[] metadataKeyFile, byte[] payloadKeyFile)
      throws MalformedPlaneException {
    byte[] facts = new byte[Math.max(0, EnvelopeCipher.openedBytes(sealed.length))];
    byte[] data = additionalData.ofHeader(metadataKeyFile, payloadKeyFile);
    envelopes.open(metadataKey, Place.HEADER, data, sealed, 0, sealed.length, facts);
    return facts;
  }

  /** Checks that the file was ended with this footer. */
  public void openSeal(RecordHeader footer, byte[] seal) throws MalformedPlaneException {
    if (seal.length != EnvelopeCipher.sealedBytes(0)) {
      throw MalformedPlaneException.tampered("it is no seal");
    }
    byte[] data = additionalData.ofSeal(footer);
    envelopes.open(metadataKey, Place.SEAL, data, seal, 0, seal.length, new byte[0]);
  }
}
