// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.format.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a gRPC call ended, as its trailers say, or the head of an answer without a body.
 *
 * @param code as sent, 0 for OK
 * @param message percent-decoded; empty when there is none
 */
public record GrpcStatus(int code, String message) {
  private static final List<String> NAMES =
      List.of(
          "OK",
          "CANCELLED",
          "UNKNOWN",
          "INVALID_ARGUMENT",
          "DEADLINE_EXCEEDED",
          "NOT_FOUND",
          "ALREADY_EXISTS",
          "PERMISSION_DENIED",
          "RESOURCE_EXHAUSTED",
          "FAILED_PRECONDITION",
          "ABORTED",
          "OUT_OF_RANGE",
          "UNIMPLEMENTED",
          "INTERNAL",
          "UNAVAILABLE",
          "DATA_LOSS",
          "UNAUTHENTICATED");

  /** Returns the status's name, or its number where it has none. */
  public String name() {
    return code >= 0 && code < NAMES.size() ? NAMES.get(code) : Integer.toString(code);
  }

  /** Returns the status of an answer; null when it is no gRPC, or none was captured. */
  public static @Nullable GrpcStatus of(HttpResponse response) {
    if (!GrpcView.isGrpc(response.headers())) {
      return null;
    }
    GrpcStatus found = of(response.trailers());
    if (found == null) {
      found = of(response.headers());
    }
    return found == null ? of(GrpcView.webTrailers(response)) : found;
  }

  private static @Nullable GrpcStatus of(HeaderFields fields) {
    HeaderField status = fields.first("grpc-status");
    HeaderField message = fields.first("grpc-message");
    return status == null ? null : of(status.value(), message == null ? "" : message.value());
  }

  private static @Nullable GrpcStatus of(String lines) {
    String status = "";
    String message = "";
    for (String line : lines.split("\r\n", -1)) {
      int colon = line.indexOf(':');
      String name = colon < 0 ? "" : line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
      if (name.equals("grpc-status")) {
        status = line.substring(colon + 1).strip();
      } else if (name.equals("grpc-message")) {
        message = line.substring(colon + 1).strip();
      }
    }
    return of(status, message);
  }

  private static @Nullable GrpcStatus of(String status, String message) {
    return status.matches("[0-9]{1,9}")
        ? new GrpcStatus(Integer.parseInt(status), decode(message))
        : null;
  }

  /** What is no valid escape stays as it is, as gRPC's protocol asks of readers. */
  private static String decode(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    Bytes raw = Bytes.latin1(text);
    for (int i = 0; i < raw.length(); i++) {
      int high = i + 2 < raw.length() ? Character.digit(raw.get(i + 1), 16) : -1;
      int low = i + 2 < raw.length() ? Character.digit(raw.get(i + 2), 16) : -1;
      if (raw.get(i) == '%' && high >= 0 && low >= 0) {
        bytes.write(high << 4 | low);
        i += 2;
      } else {
        bytes.write(raw.get(i));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
