// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.content;

import dev.tapedeck.analyzer.ByteRope;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import org.brotli.dec.BrotliInputStream;

/**
 * What a brotli stream that ends early, or is damaged, surely says.
 *
 * <p>The decoder reads zero bits behind the end and hands out what they mean. So the stream is
 * decoded twice, followed by zero bits and by one bits: what both say depends on no bit that is not
 * there. A call that fails also drops what it had decoded, so the end is read byte by byte.
 */
final class BrotliPrefix {
  private static final int STEP_BYTES = 256;
  private static final int PADDING_BYTES = 64;

  private BrotliPrefix() {}

  /** Returns the prefix, at most {@code maxBytes} long. */
  static byte[] of(ByteRope coded, long intactBytes, long maxBytes) {
    ByteArrayOutputStream common = new ByteArrayOutputStream();
    compare(coded, intactBytes, maxBytes, STEP_BYTES, common);
    compare(coded, intactBytes, Math.min(maxBytes, common.size() + 2L * STEP_BYTES), 1, common);
    return common.toByteArray();
  }

  /** Adds what both readings say from {@code common}'s length on, in steps of so many bytes. */
  private static void compare(
      ByteRope coded, long intactBytes, long maxBytes, int step, ByteArrayOutputStream common) {
    byte[] zeros = new byte[step];
    byte[] ones = new byte[step];
    try (InputStream one = open(coded, intactBytes, (byte) 0);
        InputStream other = open(coded, intactBytes, (byte) 0xff)) {
      one.skipNBytes(common.size());
      other.skipNBytes(common.size());
      while (common.size() + step <= maxBytes) {
        int count = one.readNBytes(zeros, 0, step);
        if (other.readNBytes(ones, 0, step) != count || count == 0) {
          return;
        }
        for (int i = 0; i < count; i++) {
          if (zeros[i] != ones[i]) {
            return;
          }
          common.write(zeros[i]);
        }
      }
    } catch (IOException endOfWhatCanBeDecoded) {
      // What was common so far stands; the caller knows of the damage.
      return;
    }
  }

  private static InputStream open(ByteRope coded, long intactBytes, byte padding)
      throws IOException {
    byte[] behind = new byte[PADDING_BYTES];
    Arrays.fill(behind, padding);
    InputStream bytes = new RopeInputStream(coded, intactBytes);
    return new BrotliInputStream(
        new SequenceInputStream(bytes, new ByteArrayInputStream(behind)), 1);
  }
}
