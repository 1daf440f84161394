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
    return found == null ? of(response.headers()) : found;
  }

  private static @Nullable GrpcStatus of(HeaderFields fields) {
    HeaderField status = fields.first("grpc-status");
    if (status == null || !status.value().matches("[0-9]{1,9}")) {
      return null;
    }
    HeaderField message = fields.first("grpc-message");
    return new GrpcStatus(
        Integer.parseInt(status.value()), message == null ? "" : decode(message.value()));
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
