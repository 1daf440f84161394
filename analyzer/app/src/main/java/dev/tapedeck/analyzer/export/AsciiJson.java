// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import dev.tapedeck.format.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import tools.jackson.core.JsonGenerator;

/**
 * Text of plain ASCII as a string of JSON (RFC 8259, section 7), escaped as {@link Json} does: most
 * bodies are such, and long, and eight bytes of them are looked at and copied at once.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class AsciiJson {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Room that is kept from text to text. */
  private static final int KEPT_BYTES = 1 << 18;

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  /** What stands behind the backslash of an escape; 0 for what is not escaped, −1 for no text. */
  private static final byte[] ESCAPES = new byte[256];

  static {
    Arrays.fill(ESCAPES, 0, ' ', (byte) -1);
    Arrays.fill(ESCAPES, 0x7f, 256, (byte) -1);
    ESCAPES['\t'] = 't';
    ESCAPES['\n'] = 'n';
    ESCAPES['\r'] = 'r';
    ESCAPES['\f'] = 'f';
    ESCAPES['"'] = '"';
    ESCAPES['\\'] = '\\';
  }

  private final JsonGenerator json;

  /** What was written last, escaped. */
  private byte[] escaped = new byte[0];

  AsciiJson(JsonGenerator json) {
    this.json = json;
  }

  /**
   * Writes a string.
   *
   * @return false, and nothing is written, when there are other bytes than printable ASCII, tabs,
   *     line ends and form feeds
   */
  boolean write(String name, Bytes text) {
    int length = text.length();
    byte[] from = text.sharedArray();
    int at = text.sharedOffset();
    int end = at + length;
    byte[] target = target(length + length / 4 + 2 * Long.BYTES);
    int to = 0;
    while (at < end) {
      if (target.length - to < 2 * Long.BYTES) {
        target = Arrays.copyOf(target, to + 2 * (end - at) + 2 * Long.BYTES);
      }
      if (end - at >= Long.BYTES) {
        long eight = (long) LONG.get(from, at);
        LONG.set(target, to, eight);
        // The lowest bit that is set is that of the first such byte; bits above it may be wrong.
        long special =
            (zeros(eight ^ ('"' * ONES))
                    | zeros(eight ^ ('\\' * ONES))
                    | zeros(eight ^ (0x7f * ONES))
                    | (eight - ' ' * ONES)
                    | eight)
                & HIGH_BITS;
        int plain = special == 0 ? Long.BYTES : Long.numberOfTrailingZeros(special) >>> 3;
        at += plain;
        to += plain;
        if (special == 0) {
          continue;
        }
      }
      byte escape = ESCAPES[from[at] & 0xff];
      if (escape < 0) {
        return false;
      } else if (escape != 0) {
        target[to++] = '\\';
        target[to++] = escape;
      } else {
        target[to++] = from[at];
      }
      at++;
    }
    json.writeName(name);
    json.writeRawUTF8String(target, 0, to);
    return true;
  }

  /** Returns room for so many bytes, which a large text does not keep. */
  private byte[] target(int length) {
    if (length > KEPT_BYTES) {
      return new byte[length];
    }
    if (escaped.length < length) {
      escaped = new byte[Math.max(length, 2 * escaped.length)];
    }
    return escaped;
  }

  private static long zeros(long eight) {
    return (eight - ONES) & ~eight;
  }
}
