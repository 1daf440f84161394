// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import dev.tapedeck.analyzer.listing.Rows;
import tools.jackson.core.JsonGenerator;

/** Writes rows of the list; docs/WEB.md describes them. */
final class RowJson {
  private RowJson() {}

  static void write(JsonGenerator json, int number, String id, Rows row) {
    json.writeStartObject();
    json.writeNumberProperty("n", number);
    json.writeStringProperty("id", id);
    json.writeNumberProperty("started_us", row.startedEpochNanos(0) / 1000);
    json.writeNumberProperty("duration_us", row.durationNanos(0) / 1000);
    if (row.firstByteNanos(0) >= 0) {
      json.writeNumberProperty("first_byte_us", row.firstByteNanos(0) / 1000);
    }
    if (row.hasRequest(0)) {
      json.writeStringProperty("method", row.method(0));
      json.writeStringProperty("authority", row.authority(0));
      json.writeStringProperty("target", row.target(0));
      json.writeNumberProperty("request_bytes", row.requestBytes(0));
    }
    if (row.hasResponse(0)) {
      json.writeNumberProperty("status", row.status(0));
      json.writeStringProperty("content_type", row.contentType(0));
      json.writeNumberProperty("response_bytes", row.responseBytes(0));
    }
    if (row.grpcStatus(0) >= 0) {
      json.writeNumberProperty("grpc_status", row.grpcStatus(0));
    }
    if (row.messages(0) > 0) {
      json.writeNumberProperty("messages", row.messages(0));
    }
    if (row.stream(0) >= 0) {
      json.writeNumberProperty("stream_id", row.stream(0));
    }
    json.writeStringProperty("scheme", row.isHttps(0) ? "https" : "http");
    json.writeStringProperty("role", row.isClient(0) ? "client" : "server");
    json.writeStringProperty("protocol", row.protocol(0));
    json.writeStringProperty("process", row.process(0));
    json.writeStringProperty("completeness", row.completeness(0).jsonName());
    json.writeBooleanProperty("odd", row.isOdd(0));
    json.writeBooleanProperty("leg", row.isLeg(0));
    json.writeEndObject();
  }
}
