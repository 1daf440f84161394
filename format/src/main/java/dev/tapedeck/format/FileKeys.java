// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.crypto.AgeFile;

/**
 * The two keys of one encrypted capture, in the clear and as the file holds them.
 *
 * <p><b>Threads:</b> immutable. <b>Ownership:</b> arrays are copied.
 */
public final class FileKeys {
  /** Bytes of each key. */
  public static final int KEY_BYTES = 32;

  private final byte[] metadataKey;
  private final byte[] payloadKey;
  private final byte[] metadataKeyFile;
  private final byte[] payloadKeyFile;

  /**
   * Names the keys.
   *
   * @param metadataKey opens metadata planes and the header's facts
   * @param payloadKey opens payload planes
   * @param metadataKeyFile the age file that holds the metadata key
   * @param payloadKeyFile the age file that holds the payload key
   */
  public FileKeys(
      byte[] metadataKey, byte[] payloadKey, byte[] metadataKeyFile, byte[] payloadKeyFile) {
    if (metadataKey.length != KEY_BYTES || payloadKey.length != KEY_BYTES) {
      throw new IllegalArgumentException(
          "metadataKeyLength=" + metadataKey.length + " payloadKeyLength=" + payloadKey.length);
    }
    if (metadataKeyFile.length > AgeFile.MAX_BYTES || payloadKeyFile.length > AgeFile.MAX_BYTES) {
      throw new IllegalArgumentException(
          "metadataKeyFileLength="
              + metadataKeyFile.length
              + " payloadKeyFileLength="
              + payloadKeyFile.length);
    }
    this.metadataKey = metadataKey.clone();
    this.payloadKey = payloadKey.clone();
    this.metadataKeyFile = metadataKeyFile.clone();
    this.payloadKeyFile = payloadKeyFile.clone();
  }

  byte[] metadataKey() {
    return metadataKey;
  }

  byte[] payloadKey() {
    return payloadKey;
  }

  /** Returns the age file that holds the metadata key. */
  public byte[] metadataKeyFile() {
    return metadataKeyFile.clone();
  }

  /** Returns the age file that holds the payload key. */
  public byte[] payloadKeyFile() {
    return payloadKeyFile.clone();
  }

  /** Returns no secret. */
  @Override
  public String toString() {
    return "FileKeys[secret]";
  }
}
