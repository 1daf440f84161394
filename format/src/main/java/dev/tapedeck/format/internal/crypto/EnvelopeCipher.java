// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal.crypto;

import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.PlaneBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Closes and opens envelopes: a salt, then AES-256-GCM segments (NIST SP 800-38D) whose nonces
 * count and mark the last one, so that no segment can be moved, dropped or added. The construction
 * is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015), as age has it too.
 *
 * <p>One large {@code doFinal} would be slow until it is compiled, and hold the whole plane twice.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class EnvelopeCipher {
  static final int SALT_BYTES = 16;
  static final int KEY_BYTES = 32;

  /** Plaintext bytes of every segment but the last. */
  static final int SEGMENT_BYTES = 1 << 16;

  /**
   * A segment is encrypted in calls of so many bytes. The JVM counts calls, not bytes, before it
   * uses the CPU's AES instructions: calls with whole segments stay some 50 times slower for
   * hundreds of MB (JDK 17).
   */
  private static final int PIECE_BYTES = 1 << 10;

  private static final int TAG_BYTES = 16;
  private static final int NONCE_BYTES = 12;
  private static final byte[] LABEL = "tapedeck tape 1".getBytes(StandardCharsets.US_ASCII);

  private final Cipher cipher;
  private final Hkdf hkdf = new Hkdf();
  private final byte[] info = Arrays.copyOf(LABEL, LABEL.length + 1);
  private final byte[] nonce = new byte[NONCE_BYTES];

  EnvelopeCipher() {
    try {
      cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES/GCM/NoPadding", e);
    }
  }

  /** Returns the length of the envelope of so many bytes. */
  static int sealedBytes(int plainBytes) {
    return SALT_BYTES + plainBytes + segments(plainBytes) * TAG_BYTES;
  }

  private static int segments(int plainBytes) {
    return Math.max(1, (plainBytes + SEGMENT_BYTES - 1) / SEGMENT_BYTES);
  }

  /** Returns how many bytes an envelope of this length holds; −1 when none has this length. */
  static int openedBytes(int envelopeBytes) {
    int sealed = envelopeBytes - SALT_BYTES;
    int segments = (sealed + SEGMENT_BYTES + TAG_BYTES - 1) / (SEGMENT_BYTES + TAG_BYTES);
    int plainBytes = sealed - segments * TAG_BYTES;
    return plainBytes >= 0 && sealedBytes(plainBytes) == envelopeBytes ? plainBytes : -1;
  }

  /** Appends the envelope of {@code count} bytes of {@code plain}. */
  void seal(
      byte[] key,
      byte[] salt,
      Place place,
      byte[] additionalData,
      byte[] plain,
      int count,
      PlaneBuffer target) {
    target.reserve(sealedBytes(count));
    target.bytes(salt, 0, SALT_BYTES);
    SecretKeySpec envelopeKey = envelopeKey(key, salt, place);
    try {
      int at = 0;
      long segment = 0;
      do {
        int length = Math.min(SEGMENT_BYTES, count - at);
        begin(Cipher.ENCRYPT_MODE, envelopeKey, segment++, at + length == count);
        cipher.updateAAD(additionalData);
        int end = at + length;
        for (; end - at > PIECE_BYTES; at += PIECE_BYTES) {
          target.advance(cipher.update(plain, at, PIECE_BYTES, target.array(), target.length()));
        }
        target.advance(cipher.doFinal(plain, at, end - at, target.array(), target.length()));
        at = end;
      } while (at < count);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM with a fresh key and room for its output", e);
    }
  }

  /**
   * Opens an envelope to the start of {@code target}, which has room for {@link #openedBytes}.
   *
   * @throws MalformedPlaneException when it was not made with this key for this place; what {@code
   *     target} holds must then not be used
   */
  void open(
      byte[] key,
      Place place,
      byte[] additionalData,
      byte[] envelope,
      int offset,
      int count,
      byte[] target)
      throws MalformedPlaneException {
    int plainBytes = openedBytes(count);
    if (plainBytes < 0) {
      throw MalformedPlaneException.tampered("no envelope has its length");
    }
    SecretKeySpec envelopeKey =
        envelopeKey(key, Arrays.copyOfRange(envelope, offset, offset + SALT_BYTES), place);
    try {
      int from = offset + SALT_BYTES;
      int at = 0;
      long segment = 0;
      do {
        int length = Math.min(SEGMENT_BYTES, plainBytes - at);
        begin(Cipher.DECRYPT_MODE, envelopeKey, segment++, at + length == plainBytes);
        cipher.updateAAD(additionalData);
        cipher.doFinal(envelope, from, length + TAG_BYTES, target, at);
        from += length + TAG_BYTES;
        at += length;
      } while (at < plainBytes);
    } catch (AEADBadTagException e) {
      throw MalformedPlaneException.tampered("it is not what was encrypted for this place");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM with room for its output", e);
    }
  }

  private SecretKeySpec envelopeKey(byte[] key, byte[] salt, Place place) {
    info[LABEL.length] = place.number();
    return new SecretKeySpec(hkdf.derive(salt, key, info, KEY_BYTES), "AES");
  }

  private void begin(int mode, SecretKeySpec envelopeKey, long segment, boolean last)
      throws GeneralSecurityException {
    for (int i = 0; i < NONCE_BYTES - 1; i++) {
      int shift = 8 * (NONCE_BYTES - 2 - i);
      nonce[i] = shift < Long.SIZE ? (byte) (segment >>> shift) : 0;
    }
    nonce[NONCE_BYTES - 1] = (byte) (last ? 1 : 0);
    cipher.init(mode, envelopeKey, new GCMParameterSpec(8 * TAG_BYTES, nonce));
  }
}
