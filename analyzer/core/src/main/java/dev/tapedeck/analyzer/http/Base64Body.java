// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.format.Bytes;
import java.util.Arrays;

/**
 * A body in base64 (RFC 4648, section 4), as gRPC-Web has it: pieces that were encoded each on its
 * own may follow one another, padding between them. Ends at the first byte that is none of it.
 */
final class Base64Body {
  private static final int STRIDE = 2;
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  private static final byte[] VALUES = new byte[256];

  static {
    Arrays.fill(VALUES, (byte) -1);
    for (int i = 0; i < ALPHABET.length(); i++) {
      VALUES[ALPHABET.charAt(i)] = (byte) i;
    }
  }

  private final Bytes decoded;

  /** Where pieces begin: decoded, then as sent. */
  private final int[] pieces;

  private Base64Body(Bytes decoded, int[] pieces) {
    this.decoded = decoded;
    this.pieces = pieces;
  }

  /** Decodes the first bytes of a body, as far as they are base64. */
  static Base64Body of(ByteRope body, long maxBytes) {
    Bytes all = body.toBytes();
    Bytes text = all.slice(0, (int) Math.min(all.length(), maxBytes));
    byte[] out = new byte[(int) (text.length() * 3L / 4) + 3];
    int[] pieces = new int[STRIDE];
    int used = STRIDE;
    int length = 0;
    int bits = 0;
    int count = 0;
    int at = 0;
    while (at < text.length()) {
      int c = text.get(at) & 0xff;
      if (c == '=') {
        if (count == 0 || (count == 3) == (at + 1 < text.length() && text.get(at + 1) == '=')) {
          break;
        }
        at += count == 2 ? 2 : 1;
        length = flush(out, length, bits, count);
        bits = 0;
        count = 0;
        if (used == pieces.length) {
          pieces = Arrays.copyOf(pieces, 2 * used);
        }
        pieces[used] = length;
        pieces[used + 1] = at;
        used += STRIDE;
        continue;
      }
      if (VALUES[c] < 0) {
        break;
      }
      bits = bits << 6 | VALUES[c];
      count++;
      if (count == 4) {
        out[length] = (byte) (bits >>> 16);
        out[length + 1] = (byte) (bits >>> 8);
        out[length + 2] = (byte) bits;
        length += 3;
        bits = 0;
        count = 0;
      }
      at++;
    }
    length = flush(out, length, bits, count);
    return new Base64Body(Bytes.wrap(out, 0, length), Arrays.copyOf(pieces, used));
  }

  /** Writes what two or three characters are; a single one is nothing. */
  private static int flush(byte[] out, int at, int bits, int count) {
    if (count == 2) {
      out[at] = (byte) (bits >>> 4);
      return at + 1;
    }
    if (count == 3) {
      out[at] = (byte) (bits >>> 10);
      out[at + 1] = (byte) (bits >>> 2);
      return at + 2;
    }
    return at;
  }

  Bytes decoded() {
    return decoded;
  }

  /** Returns where in the body the group of characters begins that an offset lies in. */
  long wireOffset(int offset) {
    int low = 0;
    int high = pieces.length / STRIDE;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (pieces[middle * STRIDE] <= offset) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return pieces[low * STRIDE + 1] + (offset - pieces[low * STRIDE]) / 3 * 4L;
  }
}
