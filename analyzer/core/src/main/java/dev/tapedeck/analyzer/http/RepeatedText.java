// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Text of which most connections have one value only: the same object for the same bytes in a row.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class RepeatedText {
  private byte[] bytes;
  private String text;

  RepeatedText(String expected) {
    text = expected;
    bytes = expected.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Makes one that expects what the other one has now, in the same storage. */
  RepeatedText(RepeatedText like) {
    text = like.text;
    bytes = like.bytes;
  }

  /** Returns the bytes {@code [from, to)} as ISO 8859-1 text. */
  String of(byte[] array, int from, int to) {
    if (to <= from) {
      return "";
    }
    if (!Arrays.equals(array, from, to, bytes, 0, bytes.length)) {
      bytes = Arrays.copyOfRange(array, from, to);
      text = new String(bytes, StandardCharsets.ISO_8859_1);
    }
    return text;
  }
}
