// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.ProxyHeader;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.InetText;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the header that proxies send before the bytes of a connection (HAProxy, "The PROXY
 * protocol", sections 2.1 and 2.2).
 */
public final class ProxyPreamble {
  /** More bytes tell whether there is one, or where it ends. */
  static final int MORE = -1;

  private static final byte[] TEXT = "PROXY ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SIGNATURE =
      "\r\n\r\n\0\r\nQUIT\n".getBytes(StandardCharsets.US_ASCII);
  private static final int LONGEST_TEXT = 107;
  private static final int HEAD_BYTES = 16;
  private static final int LONGEST_BINARY = 4096;
  private static final int TCP_OVER_IPV4 = 0x11;
  private static final int TCP_OVER_IPV6 = 0x21;
  private static final int IPV4_BYTES = 4;
  private static final int IPV6_BYTES = 16;
  private static final Pattern LINE =
      Pattern.compile(
          "PROXY (?:TCP[46] ([0-9a-fA-F.:]+) ([0-9a-fA-F.:]+) ([0-9]{1,5}) ([0-9]{1,5})"
              + "|UNKNOWN[^\r\n]*)\r\n");

  private ProxyPreamble() {}

  /** Returns whether a stream that begins so begins with such a header, as far as that is seen. */
  public static boolean mayBegin(Bytes start) {
    return begins(start, TEXT) || begins(start, SIGNATURE);
  }

  private static boolean begins(Bytes start, byte[] wanted) {
    int count = Math.min(start.length(), wanted.length);
    for (int i = 0; i < count; i++) {
      if (start.get(i) != wanted[i]) {
        return false;
      }
    }
    return count > 0;
  }

  /** Returns the header's length; 0 when there is none, {@link #MORE} when more bytes tell. */
  static int length(Bytes start) {
    if (begins(start, SIGNATURE)) {
      if (start.length() < HEAD_BYTES) {
        return MORE;
      }
      int length = HEAD_BYTES + int16(start, HEAD_BYTES - 2);
      if ((start.get(SIGNATURE.length) & 0xf0) != 0x20 || length > LONGEST_BINARY) {
        return 0;
      }
      return start.length() < length ? MORE : length;
    }
    if (!begins(start, TEXT)) {
      return 0;
    }
    Bytes first = start.slice(0, Math.min(start.length(), LONGEST_TEXT));
    Matcher line = LINE.matcher(first.toLatin1());
    if (line.lookingAt()) {
      return line.end();
    }
    boolean isWhole = first.length() == LONGEST_TEXT || first.toLatin1().indexOf('\n') >= 0;
    return isWhole ? 0 : MORE;
  }

  /** Returns what a header says, which has {@link #length} bytes. */
  static ProxyHeader read(Bytes header) {
    if (header.get(0) != SIGNATURE[0]) {
      Matcher line = LINE.matcher(header.toLatin1());
      boolean named = line.matches() && line.group(1) != null;
      return named
          ? new ProxyHeader(
              1,
              new Endpoint(line.group(1), Integer.parseInt(line.group(3))),
              new Endpoint(line.group(2), Integer.parseInt(line.group(4))))
          : new ProxyHeader(1, null, null);
    }
    boolean isProxied = (header.get(SIGNATURE.length) & 0xf) == 1;
    int family = header.get(SIGNATURE.length + 1);
    int bytes = family == TCP_OVER_IPV4 ? IPV4_BYTES : family == TCP_OVER_IPV6 ? IPV6_BYTES : 0;
    if (!isProxied || bytes == 0 || header.length() < HEAD_BYTES + 2 * bytes + 4) {
      return new ProxyHeader(2, null, null);
    }
    int ports = HEAD_BYTES + 2 * bytes;
    return new ProxyHeader(
        2,
        new Endpoint(address(header, HEAD_BYTES, bytes), int16(header, ports)),
        new Endpoint(address(header, HEAD_BYTES + bytes, bytes), int16(header, ports + 2)));
  }

  private static String address(Bytes header, int at, int count) {
    byte[] address = header.slice(at, at + count).toArray();
    return count == IPV4_BYTES ? InetText.ipv4(address, 0) : InetText.ipv6(address);
  }

  private static int int16(Bytes bytes, int at) {
    return (bytes.get(at) & 0xff) << 8 | (bytes.get(at + 1) & 0xff);
  }
}
