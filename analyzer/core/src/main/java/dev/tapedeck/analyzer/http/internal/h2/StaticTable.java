// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h2;

import dev.tapedeck.format.Bytes;
import java.util.List;

/** The fields that every header block may refer to (RFC 7541, appendix A). */
final class StaticTable {
  private static final List<String> FIELDS =
      List.of(
          ":authority",
          ":method GET",
          ":method POST",
          ":path /",
          ":path /index.html",
          ":scheme http",
          ":scheme https",
          ":status 200",
          ":status 204",
          ":status 206",
          ":status 304",
          ":status 400",
          ":status 404",
          ":status 500",
          "accept-charset",
          "accept-encoding gzip, deflate",
          "accept-language",
          "accept-ranges",
          "accept",
          "access-control-allow-origin",
          "age",
          "allow",
          "authorization",
          "cache-control",
          "content-disposition",
          "content-encoding",
          "content-language",
          "content-length",
          "content-location",
          "content-range",
          "content-type",
          "cookie",
          "date",
          "etag",
          "expect",
          "expires",
          "from",
          "host",
          "if-match",
          "if-modified-since",
          "if-none-match",
          "if-range",
          "if-unmodified-since",
          "last-modified",
          "link",
          "location",
          "max-forwards",
          "proxy-authenticate",
          "proxy-authorization",
          "range",
          "referer",
          "refresh",
          "retry-after",
          "server",
          "set-cookie",
          "strict-transport-security",
          "transfer-encoding",
          "user-agent",
          "vary",
          "via",
          "www-authenticate");

  /** How many there are; the dynamic table begins behind them. */
  static final int SIZE = FIELDS.size();

  /** Name and value without anything between them, by index; 0 is none. */
  private static final byte[][] TEXT = new byte[SIZE + 1][];

  private static final int[] NAME_LENGTH = new int[SIZE + 1];

  static {
    TEXT[0] = new byte[0];
    for (int i = 1; i <= SIZE; i++) {
      String field = FIELDS.get(i - 1);
      int space = field.indexOf(' ');
      NAME_LENGTH[i] = space < 0 ? field.length() : space;
      TEXT[i] = Bytes.latin1(space < 0 ? field : field.replaceFirst(" ", "")).toArray();
    }
  }

  private StaticTable() {}

  /** Returns a field's name and value, one behind the other; not to be changed. */
  static byte[] text(int index) {
    return TEXT[index];
  }

  /** Returns how many bytes of the text are the name. */
  static int nameLength(int index) {
    return NAME_LENGTH[index];
  }
}
