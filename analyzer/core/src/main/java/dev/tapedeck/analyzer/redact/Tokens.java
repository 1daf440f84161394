// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What stands in place of secrets: under one key equal values get equal tokens of the same length,
 * and nobody without the key can test a guess.
 *
 * <p>Tokens are letters and digits, which are safe in header fields, URLs, forms and JSON texts.
 * Long ones begin with {@value #MARK}, so that people and {@code scan} know them. A value of digits
 * alone becomes digits, so that numbers stay numbers. Of a value of few characters the token says
 * little more than nothing, but no more than its length and which values are equal.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
public final class Tokens implements Mask {
  /** How tokens of {@value #MARKED_LENGTH} characters and more begin. */
  public static final String MARK = "MASKED";

  /** From what length on tokens are marked. */
  static final int MARKED_LENGTH = 12;

  /** Bytes that a key must have, or guesses are easy. */
  public static final int MIN_KEY_BYTES = 16;

  /** Bytes that a key should have, and random ones have. */
  public static final int KEY_BYTES = 32;

  private static final String ALGORITHM = "HmacSHA256";
  private static final byte[] LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MARK_BYTES = MARK.getBytes(StandardCharsets.US_ASCII);

  private final Mac mac;

  /**
   * Makes tokens under a key.
   *
   * @param key any length but 0
   */
  public Tokens(byte[] key) {
    try {
      mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  /** Replaces a run of bytes by its token. */
  @Override
  public void mask(byte[] bytes, int from, int to) {
    int length = to - from;
    boolean digits = areDigits(bytes, from, to);
    mac.update(bytes, from, length);
    byte[] seed = mac.doFinal();
    byte[] block = seed;
    int used = 0;
    for (int i = 0; i < length; i++) {
      if (used == block.length) {
        mac.update(seed);
        mac.update(block);
        block = mac.doFinal();
        used = 0;
      }
      int random = block[used++] & 0xff;
      bytes[from + i] = digits ? (byte) ('1' + random % 9) : LETTERS[random % LETTERS.length];
    }
    if (length >= MARKED_LENGTH && !digits) {
      System.arraycopy(MARK_BYTES, 0, bytes, from, MARK_BYTES.length);
    }
  }

  static boolean areDigits(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] < '0' || bytes[i] > '9') {
        return false;
      }
    }
    return true;
  }
}
