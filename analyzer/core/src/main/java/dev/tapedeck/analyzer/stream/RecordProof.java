// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.analyzer.Coverage.Proof;
import dev.tapedeck.analyzer.TlsInfo;
import org.jspecify.annotations.Nullable;

/**
 * Proves from the lengths of a socket's TLS records that a session's calls showed all plaintext.
 *
 * <p>Only ciphers whose records are longer than their plaintext by a fixed number of bytes tell. In
 * TLS 1.3 the encrypted part of the handshake and the closing alert look like data (RFC 8446, 5.2):
 * the first few records may be the one, a last one of two bytes the other.
 */
final class RecordProof {
  /** RFC 8446, 6: level and description. */
  private static final int ALERT_BYTES = 2;

  private static final int NOT_FIXED = -1;

  private RecordProof() {}

  /**
   * Compares one direction.
   *
   * @param records of the socket, which no other session used
   * @param endPosition where the socket's ciphertext ended; −1 when that is not known
   * @param tls what was agreed on
   * @param plaintextBytes position after the last byte that the session's calls moved
   */
  static Proof of(
      CipherTotals.Side records, long endPosition, @Nullable TlsInfo tls, long plaintextBytes) {
    int overhead = tls == null ? NOT_FIXED : overhead(tls);
    if (overhead == NOT_FIXED || !records.isWhole() || records.dataRecords == 0) {
      return Proof.NOT_CHECKED;
    }
    long held = records.dataBytes - records.dataRecords * overhead;
    if (held < plaintextBytes) {
      return Proof.NOT_CHECKED;
    }
    long unexplained = held - plaintextBytes;
    boolean handshakeIsData = isTls13(tls);
    if (unexplained == 0 || (handshakeIsData && isHandshake(records, overhead, unexplained))) {
      boolean all = endPosition < 0 || endPosition == records.endPosition();
      return all ? new Proof(Proof.State.PROVEN_COMPLETE, 0) : Proof.NOT_CHECKED;
    }
    return new Proof(Proof.State.UNEXPLAINED, unexplained);
  }

  private static boolean isHandshake(CipherTotals.Side records, int overhead, long unexplained) {
    boolean alert = records.lastLength() == overhead + ALERT_BYTES;
    long left = unexplained;
    for (int i = 0; left > 0; i++) {
      if (alert && left == ALERT_BYTES) {
        return true;
      }
      if (records.firstLength(i) < 0) {
        return false;
      }
      left -= records.firstLength(i) - overhead;
    }
    return left == 0;
  }

  private static boolean isTls13(@Nullable TlsInfo tls) {
    return tls != null && "TLSv1.3".equals(tls.version());
  }

  /**
   * Returns what encryption adds to a record: TLS 1.3 a type and a tag (RFC 8446, 5.2), TLS 1.2
   * with AES-GCM or CCM an explicit nonce and a tag (RFC 5288, 3; RFC 6655, 3), with ChaCha20 a tag
   * (RFC 7905, 2).
   */
  private static int overhead(TlsInfo tls) {
    String cipher = tls.cipher();
    if (cipher == null || tls.version() == null) {
      return NOT_FIXED;
    }
    int tag = cipher.endsWith("CCM_8_SHA256") || cipher.endsWith("CCM_8") ? 8 : 16;
    if (isTls13(tls)) {
      return 1 + tag;
    }
    if (cipher.contains("CHACHA20")) {
      return tag;
    }
    return cipher.contains("_GCM_") || cipher.contains("_CCM") ? 8 + tag : NOT_FIXED;
  }
}
