// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.message;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Tells UTF-8 from other bytes (RFC 3629), in little memory. */
final class Utf8 {
  private static final int STEP_CHARS = 4096;

  private Utf8() {}

  static boolean isValid(ByteBuffer bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CharBuffer step = CharBuffer.allocate(Math.min(STEP_CHARS, bytes.remaining() + 1));
    while (true) {
      CoderResult result = decoder.decode(bytes, step, true);
      if (!result.isOverflow()) {
        return !result.isError();
      }
      step.clear();
    }
  }
}
