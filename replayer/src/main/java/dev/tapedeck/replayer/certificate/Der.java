// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.certificate;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Writes the values that certificates are made of (ITU-T X.690, distinguished encoding rules). */
final class Der {
  private static final int BOOLEAN = 0x01;
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OCTET_STRING = 0x04;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int UTF8_STRING = 0x0c;
  private static final int UTC_TIME = 0x17;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final int CONTEXT = 0x80;
  private static final int CONSTRUCTED = 0x20;
  private static final int CONTINUED = 0x80;

  /** Good until 2049 (RFC 5280, section 4.1.2.5.1). */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private Der() {}

  static byte[] sequence(byte[]... members) {
    return value(SEQUENCE, members);
  }

  static byte[] set(byte[]... members) {
    return value(SET, members);
  }

  static byte[] integer(BigInteger number) {
    return value(INTEGER, number.toByteArray());
  }

  static byte[] yes() {
    return value(BOOLEAN, new byte[] {(byte) 0xff});
  }

  /** Returns a string of bits that are whole bytes but for some at the end. */
  static byte[] bits(int unusedBits, byte[] bytes) {
    return value(BIT_STRING, new byte[] {(byte) unusedBits}, bytes);
  }

  static byte[] octets(byte[] content) {
    return value(OCTET_STRING, content);
  }

  static byte[] text(String text) {
    return value(UTF8_STRING, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] time(Instant instant) {
    return value(UTC_TIME, TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
  }

  /** Returns the identifier that is written with dots. */
  static byte[] identifier(String dotted) {
    String[] arcs = dotted.split("\\.", -1);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      int arc = Integer.parseInt(arcs[i]);
      for (int shift = 28; shift > 0; shift -= 7) {
        if (arc >> shift > 0) {
          content.write(CONTINUED | (arc >> shift & 0x7f));
        }
      }
      content.write(arc & 0x7f);
    }
    return value(OBJECT_IDENTIFIER, content.toByteArray());
  }

  /** Returns a value whose meaning the structure around it gives, with members of its own. */
  static byte[] tagged(int number, byte[]... members) {
    return value(CONTEXT | CONSTRUCTED | number, members);
  }

  /** Returns the same for bytes. */
  static byte[] taggedBytes(int number, byte[] content) {
    return value(CONTEXT | number, content);
  }

  /** Returns tag, length and contents (X.690, section 8.1). */
  private static byte[] value(int tag, byte[]... contents) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : contents) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    encoded.write(tag);
    int length = content.size();
    if (length < 0x80) {
      encoded.write(length);
    } else if (length < 0x100) {
      encoded.write(0x81);
      encoded.write(length);
    } else {
      encoded.write(0x82);
      encoded.write(length >> 8);
      encoded.write(length);
    }
    encoded.writeBytes(content.toByteArray());
    return encoded.toByteArray();
  }
}
