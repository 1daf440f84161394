// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal.crypto;

import dev.tapedeck.format.internal.PlaneBuffer;
import dev.tapedeck.format.internal.PlaneInfo;
import dev.tapedeck.format.internal.RecordHeader;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Encrypts what one file keeps secret.
 *
 * <p><b>Threads:</b> confined to one thread. <b>Ownership:</b> the keys are not copied.
 */
public final class CaptureSealer {
  private static final byte[] UNBOUND = new byte[0];

  private final byte[] metadataKey;
  private final byte[] payloadKey;
  private final SecureRandom random;
  private final AdditionalData additionalData;
  private final EnvelopeCipher envelopes = new EnvelopeCipher();
  private final byte[] salt = new byte[EnvelopeCipher.SALT_BYTES];

  /**
   * Begins a file.
   *
   * @param fileId 16 bytes
   * @param random gives the salts
   */
  public CaptureSealer(byte[] fileId, byte[] metadataKey, byte[] payloadKey, SecureRandom random) {
    this.metadataKey = metadataKey;
    this.payloadKey = payloadKey;
    this.random = random;
    this.additionalData = new AdditionalData(fileId);
  }

  /**
   * Appends a block's planes to its record, encrypted.
   *
   * @param block the header as it would be without encryption
   * @param metadata the metadata plane
   * @param payload the payload plane; empty where the block has none
   * @return the header that the block has with them
   */
  public RecordHeader sealPlanes(
      RecordHeader block, PlaneBuffer metadata, PlaneBuffer payload, PlaneBuffer record) {
    RecordHeader header = block.toBuilder().cipher(RecordHeader.CIPHER_AES_GCM).build();
    int from = record.length();
    appendPlane(metadataKey, Place.METADATA, additionalData.ofMetadata(header), metadata, record);
    PlaneInfo sealedMetadata = planeInfo(record, from, header.metadata().rawBytes());
    PlaneInfo sealedPayload = PlaneInfo.EMPTY;
    if (payload.length() > 0) {
      byte[] bound = additionalData.digest(record.array(), from, record.length() - from);
      int payloadFrom = record.length();
      byte[] data = additionalData.ofPayload(header, bound);
      appendPlane(payloadKey, Place.PAYLOAD, data, payload, record);
      sealedPayload = planeInfo(record, payloadFrom, header.payload().rawBytes());
    }
    return header.toBuilder().planes(header.codec(), sealedMetadata, sealedPayload).build();
  }

  private void appendPlane(
      byte[] key, Place place, byte[] data, PlaneBuffer plane, PlaneBuffer record) {
    PlaneFrame.append(EnvelopeCipher.sealedBytes(plane.length()), record);
    seal(key, place, data, plane.array(), plane.length(), record);
  }

  private static PlaneInfo planeInfo(PlaneBuffer record, int from, int rawBytes) {
    int stored = record.length() - from;
    return new PlaneInfo(stored, rawBytes, RecordHeader.crc32c(record.array(), from, stored));
  }

  /** Returns the envelope of the header's facts, beside which these keys stand. */
  public byte[] sealHeader(byte[] facts, byte[] metadataKeyFile, byte[] payloadKeyFile) {
    PlaneBuffer envelope = new PlaneBuffer(EnvelopeCipher.sealedBytes(facts.length));
    byte[] data = additionalData.ofHeader(metadataKeyFile, payloadKeyFile);
    seal(metadataKey, Place.HEADER, data, facts, facts.length, envelope);
    return Arrays.copyOf(envelope.array(), envelope.length());
  }

  /** Returns the envelope that proves that the file ends with this footer. */
  public byte[] seal(RecordHeader footer) {
    PlaneBuffer envelope = new PlaneBuffer(EnvelopeCipher.sealedBytes(0));
    seal(metadataKey, Place.SEAL, additionalData.ofSeal(footer), UNBOUND, 0, envelope);
    return Arrays.copyOf(envelope.array(), envelope.length());
  }

  private void seal(
      byte[] key, Place place, byte[] data, byte[] plain, int count, PlaneBuffer target) {
    random.nextBytes(salt);
    envelopes.seal(key, salt, place, data, plain, count, target);
  }
}
