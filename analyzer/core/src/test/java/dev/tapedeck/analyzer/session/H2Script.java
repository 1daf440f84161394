// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.format.EventScript;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes HTTP/2 conversations as scripts: each call is one line, moved at once.
 *
 * <p>Fields are inserted in the dynamic table unless their value begins with {@code !}, and
 * referred to when they are there.
 */
final class H2Script {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PUSH_PROMISE = 5;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;
  static final int PADDED = 8;
  static final int WITH_PRIORITY = 0x20;

  static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  private static final int STATIC_SIZE = 61;
  private static final List<String> STATIC =
      List.of(
          ":method GET",
          ":method POST",
          ":path /",
          ":path /index.html",
          ":scheme http",
          ":scheme https",
          ":status 200",
          ":status 204");

  private final StringBuilder text = new StringBuilder();
  private final List<String> requestTable = new ArrayList<>();
  private final List<String> responseTable = new ArrayList<>();

  /** Moves bytes at once; {@code client} says who sends. */
  H2Script line(boolean client, String bytes) {
    text.append(client ? ">> " : "<< ");
    for (int i = 0; i < bytes.length(); i++) {
      text.append(String.format("\\x%02x", (int) bytes.charAt(i)));
    }
    text.append('\n');
    return this;
  }

  /** Adds a line of {@link EventScript}. */
  H2Script script(String line) {
    text.append(line).append('\n');
    return this;
  }

  H2Script start() {
    return line(true, PREFACE + frame(SETTINGS, 0, 0, ""))
        .line(false, frame(SETTINGS, 0, 0, "") + frame(SETTINGS, 1, 0, ""))
        .line(true, frame(SETTINGS, 1, 0, ""));
  }

  H2Script get(int id, String path, String... more) {
    return headers(true, id, true, request("GET", path, more));
  }

  static String[] request(String method, String path, String... more) {
    List<String> fields =
        new ArrayList<>(
            List.of(":method " + method, ":scheme http", ":authority a.example", ":path " + path));
    fields.addAll(List.of(more));
    return fields.toArray(new String[0]);
  }

  H2Script headers(boolean client, int id, boolean end, String... fields) {
    return line(
        client, frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), id, block(client, fields)));
  }

  H2Script data(boolean client, int id, boolean end, String data) {
    return line(client, frame(DATA, end ? END_STREAM : 0, id, data));
  }

  /** Returns the lines so far. */
  List<String> lines() {
    return text.toString().lines().toList();
  }

  EventScript parse() {
    return EventScript.parse(text.toString());
  }

  static String frame(int type, int flags, int id, String payload) {
    return int24(payload.length()) + (char) type + (char) flags + int32(id) + payload;
  }

  static String int24(int value) {
    return "" + (char) (value >>> 16 & 0xff) + (char) (value >>> 8 & 0xff) + (char) (value & 0xff);
  }

  static String int32(int value) {
    return (char) (value >>> 24 & 0xff) + int24(value);
  }

  /** Encodes fields, each a name, a space and a value (RFC 7541). */
  String block(boolean client, String... fields) {
    List<String> table = client ? requestTable : responseTable;
    StringBuilder out = new StringBuilder();
    for (String field : fields) {
      int space = field.indexOf(' ');
      String name = field.substring(0, space);
      String value = field.substring(space + 1);
      boolean plain = value.startsWith("!");
      int fixed = STATIC.indexOf(field);
      int known = table.lastIndexOf(field);
      if (fixed >= 0) {
        out.append((char) (0x80 | fixed + 2));
      } else if (known >= 0) {
        integer(out, 0x80, 0x7f, STATIC_SIZE + table.size() - known);
      } else {
        out.append(plain ? (char) 0 : (char) 0x40);
        string(out, name);
        string(out, plain ? value.substring(1) : value);
        if (!plain) {
          table.add(field);
        }
      }
    }
    return out.toString();
  }

  private static void integer(StringBuilder out, int first, int mask, int value) {
    if (value < mask) {
      out.append((char) (first | value));
      return;
    }
    out.append((char) (first | mask));
    int rest = value - mask;
    while (rest >= 0x80) {
      out.append((char) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.append((char) rest);
  }

  private static void string(StringBuilder out, String value) {
    integer(out, 0, 0x7f, value.length());
    out.append(value);
  }
}
