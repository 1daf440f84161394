// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A section of fields in HPACK (RFC 7541), which depends on no table: literals without indexing.
 *
 * <p><b>Encoding:</b> ISO 8859-1, one character a byte. <b>Threads:</b> confined to one.
 */
public final class FieldSection {
  /** RFC 7541, section 6.2.2: literal without indexing, new name. */
  private static final int LITERAL = 0;

  /** RFC 7541, section 5.2: what fits into the prefix of a length. */
  private static final int PREFIX = 0x7F;

  private final ByteArrayOutputStream block = new ByteArrayOutputStream();

  /** Adds a field as it is: in HTTP/2 names are in lower case (RFC 9113, section 8.2). */
  public void add(String name, String value) {
    block.write(LITERAL);
    text(name);
    text(value);
  }

  /** RFC 7541, sections 5.1 and 5.2: a length with a prefix of 7 bits, and plain octets. */
  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    int rest = bytes.length;
    if (rest < PREFIX) {
      block.write(rest);
    } else {
      block.write(PREFIX);
      rest -= PREFIX;
      while (rest >= 0x80) {
        block.write(rest % 0x80 + 0x80);
        rest /= 0x80;
      }
      block.write(rest);
    }
    block.writeBytes(bytes);
  }

  /** Returns whether it has no field. */
  public boolean isEmpty() {
    return block.size() == 0;
  }

  byte[] toBytes() {
    return block.toByteArray();
  }
}
