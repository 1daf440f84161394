// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.BlindSpot;
import dev.tapedeck.analyzer.export.Json;
import dev.tapedeck.format.CheckReport;
import dev.tapedeck.format.Finding;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Writes what a check found as a JSON object; {@code docs/JSON.md} describes every field. */
final class DoctorJson {
  private final JsonGenerator json;

  DoctorJson(JsonGenerator json) {
    this.json = json;
  }

  void write(DoctorCommand.Checked checked) {
    Path file = checked.file();
    CheckReport report = checked.report();
    json.writeStartObject();
    json.writeStringProperty("file", file.toString());
    json.writeBooleanProperty("healthy", report.isHealthy());
    json.writeBooleanProperty("complete", report.complete());
    json.writeStringProperty("checked", report.depth().name().toLowerCase(Locale.ROOT));
    json.writeNumberProperty("blocks", report.blocks());
    json.writeNumberProperty("events", report.events());
    json.writeNumberProperty("file_bytes", report.fileBytes());
    json.writeArrayPropertyStart("findings");
    for (Finding finding : report.findings()) {
      json.writeStartObject();
      json.writeStringProperty("severity", finding.severity().name().toLowerCase(Locale.ROOT));
      json.writeStringProperty("kind", finding.kind());
      json.writeNumberProperty("offset_bytes", finding.offset());
      json.writeNumberProperty("length_bytes", finding.lengthBytes());
      json.writeStringProperty("reason", finding.text());
      json.writeName("lost_events");
      if (finding.lostEvents() < 0) {
        json.writeNull();
      } else {
        json.writeNumber(finding.lostEvents());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeName("next_command");
    String next = DoctorAdvice.of(file, report);
    if (next == null) {
      json.writeNull();
    } else {
      json.writeString(next);
    }
    blindSpots(checked.blindSpots());
    json.writeEndObject();
  }

  private void blindSpots(@Nullable List<BlindSpot> spots) {
    if (spots == null) {
      json.writeNullProperty("blind_spots");
      return;
    }
    json.writeArrayPropertyStart("blind_spots");
    for (BlindSpot spot : spots) {
      json.writeStartObject();
      json.writeObjectPropertyStart("process");
      json.writeNumberProperty("pid", spot.process().pid());
      Json.known(json, "comm", spot.process().comm());
      Json.known(json, "exe", spot.process().exe());
      json.writeEndObject();
      json.writeObjectPropertyStart("server");
      Json.known(json, "ip", spot.server().address());
      Json.number(
          json, "port", spot.server().port() == 0 ? null : Long.valueOf(spot.server().port()));
      json.writeEndObject();
      json.writeStringProperty("cause", spot.cause().jsonName());
      json.writeNumberProperty("connections", spot.connections());
      json.writeNumberProperty("egress_bytes", spot.egressBytes());
      json.writeNumberProperty("ingress_bytes", spot.ingressBytes());
      json.writeStringProperty("reason", spot.cause().reason());
      json.writeStringProperty("advice", spot.cause().advice());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
