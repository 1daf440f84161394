// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.format.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Short texts for long values. */
final class Clip {
  /** Longest value that a difference shows whole, in characters. */
  static final int MAX_CHARS = 400;

  private Clip() {}

  /** Returns the text, or its beginning and its length. */
  static String text(String text) {
    return text(text, text.length());
  }

  /**
   * Returns the text, or its beginning.
   *
   * @param text at least its beginning
   * @param length of all of it
   */
  static String text(String text, int length) {
    return length <= MAX_CHARS
        ? text
        : text.substring(0, Math.min(text.length(), MAX_CHARS)) + "... (" + length + " characters)";
  }

  /** Returns length and digest of bytes. */
  static String bytes(Bytes bytes) {
    return bytes(ByteRope.of(bytes));
  }

  /** Returns length and digest of bytes, which are not copied. */
  static String bytes(ByteRope bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      bytes.updateDigest(digest);
      return bytes.length() + " bytes, sha256 " + HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
