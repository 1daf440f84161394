// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal.crypto;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HKDF with HMAC-SHA-256 (RFC 5869), which Java has from version 24 on only.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class Hkdf {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int HASH_BYTES = 32;
  private static final int MAX_OUTPUT_BYTES = 255 * HASH_BYTES;

  private final Mac mac;

  Hkdf() {
    try {
      mac = Mac.getInstance(ALGORITHM);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  /** Returns {@code length} bytes of key material for one use. */
  byte[] derive(byte[] salt, byte[] inputKey, byte[] info, int length) {
    return expand(extract(salt, inputKey), info, length);
  }

  /** RFC 5869, section 2.2. */
  byte[] extract(byte[] salt, byte[] inputKey) {
    begin(salt.length == 0 ? new byte[HASH_BYTES] : salt);
    return mac.doFinal(inputKey);
  }

  /** RFC 5869, section 2.3. */
  byte[] expand(byte[] pseudorandomKey, byte[] info, int length) {
    if (length < 1 || length > MAX_OUTPUT_BYTES) {
      throw new IllegalArgumentException("length=" + length);
    }
    begin(pseudorandomKey);
    byte[] output = new byte[length];
    byte[] previous = new byte[0];
    int at = 0;
    for (int counter = 1; at < length; counter++) {
      mac.update(previous);
      mac.update(info);
      mac.update((byte) counter);
      previous = mac.doFinal();
      int count = Math.min(HASH_BYTES, length - at);
      System.arraycopy(previous, 0, output, at, count);
      at += count;
    }
    Arrays.fill(previous, (byte) 0);
    return output;
  }

  private void begin(byte[] key) {
    try {
      mac.init(new SecretKeySpec(key, ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC takes keys of any length", e);
    }
  }
}
