// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import java.nio.charset.StandardCharsets;

/** Script lines of a gRPC call over HTTP/2 with field names and values as they are (RFC 7541). */
final class GrpcCall {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;

  private GrpcCall() {}

  /** Returns the lines of a connection with one call, after the one that opens it. */
  static String lines(String name, String path, byte[] request, byte[] response) {
    String ask =
        field(":method", "POST")
            + field(":scheme", "http")
            + field(":path", path)
            + field(":authority", "shop.example")
            + field("content-type", "application/grpc");
    String answer = field(":status", "200") + field("content-type", "application/grpc");
    return name
        + " >> PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n"
        + frame(SETTINGS, 0, 0, "")
        + "\n"
        + (name + " << " + frame(SETTINGS, 0, 0, "") + frame(SETTINGS, 1, 0, "") + "\n")
        + (name + " >> " + frame(HEADERS, END_HEADERS, 1, ask))
        + (frame(DATA, END_STREAM, 1, message(request)) + "\n")
        + (name + " << " + frame(HEADERS, END_HEADERS, 1, answer))
        + frame(DATA, 0, 1, message(response))
        + frame(HEADERS, END_HEADERS | END_STREAM, 1, field("grpc-status", "0"))
        + "\n";
  }

  private static String hex(int... bytes) {
    StringBuilder text = new StringBuilder();
    for (int each : bytes) {
      text.append(String.format("\\x%02x", each & 0xff));
    }
    return text.toString();
  }

  private static String hex(byte[] bytes) {
    int[] all = new int[bytes.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = bytes[i];
    }
    return hex(all);
  }

  /** A literal field without indexing, RFC 7541, 6.2.2. */
  private static String field(String name, String value) {
    return hex(0) + text(name) + text(value);
  }

  private static String text(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
    return hex(bytes.length) + hex(bytes);
  }

  private static String message(byte[] payload) {
    return hex(0, 0, 0, 0, payload.length) + hex(payload);
  }

  private static String frame(int type, int flags, int stream, String payload) {
    int length = payload.length() / hex(0).length();
    return hex(0, length >> 8, length, type, flags, 0, 0, 0, stream) + payload;
  }
}
