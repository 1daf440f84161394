// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import dev.tapedeck.analyzer.ByteMap;
import dev.tapedeck.analyzer.Coverage;
import tools.jackson.core.JsonGenerator;

/** Writes how much of a connection was captured; {@code docs/JSON.md} describes every field. */
final class CoverageJson {
  private final JsonGenerator json;

  CoverageJson(JsonGenerator json) {
    this.json = json;
  }

  void write(Coverage coverage) {
    json.writeObjectPropertyStart("coverage");
    direction("egress", coverage.egress(), coverage.egressProof());
    direction("ingress", coverage.ingress(), coverage.ingressProof());
    json.writeEndObject();
  }

  private void direction(String name, ByteMap map, Coverage.Proof proof) {
    json.writeObjectPropertyStart(name);
    json.writeNumberProperty("captured_bytes", map.capturedBytes());
    json.writeNumberProperty("lost_bytes", map.lostBytes());
    json.writeNumberProperty("cut_bytes", map.cutBytes());
    json.writeNumberProperty("unknown_bytes", map.unknownBytes());
    json.writeBooleanProperty("from_start", map.fromStart());
    json.writeBooleanProperty("to_end", map.toEnd());
    json.writeStringProperty("record_proof", proof.state().jsonName());
    Json.number(
        json,
        "unexplained_bytes",
        proof.state() == Coverage.Proof.State.UNEXPLAINED ? proof.unexplainedBytes() : null);
    json.writeArrayPropertyStart("ranges");
    for (ByteMap.Range range : map.ranges()) {
      json.writeStartArray();
      json.writeNumber(range.from());
      json.writeNumber(range.to());
      json.writeString(range.state().jsonName());
      if (range.cause() != null) {
        json.writeString(range.cause());
      }
      json.writeEndArray();
    }
    json.writeEndArray();
    json.writeNumberProperty("ranges_left_out", map.rangesLeftOut());
    json.writeEndObject();
  }
}
