// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.terminal;

import dev.tapedeck.format.Bytes;
import java.io.IOException;

/** Bytes as offset, hexadecimal digits and ASCII, at most 78 columns wide. */
public final class HexDump {
  private static final int BYTES_A_LINE = 16;

  private HexDump() {}

  /** Writes the first {@code limit} bytes. */
  public static void write(Bytes bytes, long limit, TextOutput out) throws IOException {
    int end = (int) Math.min(limit, bytes.length());
    for (int from = 0; from < end; from += BYTES_A_LINE) {
      StringBuilder digits = new StringBuilder();
      StringBuilder text = new StringBuilder();
      for (int i = from; i < Math.min(from + BYTES_A_LINE, end); i++) {
        int b = bytes.get(i) & 0xff;
        digits.append(i == from + BYTES_A_LINE / 2 ? "  " : " ");
        digits.append(Character.forDigit(b >> 4, 16)).append(Character.forDigit(b & 0xf, 16));
        text.append(b >= 0x20 && b < 0x7f ? (char) b : '.');
      }
      String offset =
          "0".repeat(8 - Integer.toHexString(from).length()) + Integer.toHexString(from);
      out.line(offset + " " + DisplayWidth.padRight(digits.toString(), 49) + "  " + text);
    }
  }
}
