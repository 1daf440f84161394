// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stats;

import dev.tapedeck.analyzer.export.Json;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/** Writes groups as JSON objects; {@code docs/JSON.md} describes every field. */
public final class StatsJson {
  private static final double MEDIAN = 50;
  private static final double P90 = 90;
  private static final double P99 = 99;

  private StatsJson() {}

  /** Writes one group. */
  public static void write(JsonGenerator json, Grouping by, GroupStats group) {
    json.writeStartObject();
    if (group.isRest()) {
      json.writeBooleanProperty("other_groups", true);
    } else {
      key(json, by, group.key());
    }
    json.writeNumberProperty("count", group.count());
    json.writeNumberProperty("errors", group.errors());
    json.writeNumberProperty("unanswered", group.unanswered());
    json.writeNumberProperty("incomplete", group.incomplete());
    json.writeNumberProperty("request_bytes", group.requestBytes());
    json.writeNumberProperty("response_bytes", group.responseBytes());
    json.writeObjectPropertyStart("statuses");
    for (Map.Entry<Integer, Long> status : group.statuses().entrySet()) {
      json.writeNumberProperty(status.getKey().toString(), status.getValue());
    }
    json.writeEndObject();
    latencies(json, "first_byte_us", group.firstByte());
    latencies(json, "duration_us", group.duration());
    json.writeArrayPropertyStart("histogram");
    for (Latencies.Step step : group.duration().steps()) {
      json.writeStartObject();
      json.writeNumberProperty("below_us", step.belowMicros());
      json.writeNumberProperty("count", step.count());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void key(JsonGenerator json, Grouping by, StatsKey key) {
    switch (by) {
      case ENDPOINT -> {
        Json.string(json, "method", key.method());
        Json.string(json, "host", key.host());
        Json.string(json, "endpoint", key.endpoint());
      }
      case HOST -> Json.string(json, "host", key.host());
      case STATUS ->
          Json.number(json, "status", key.status() == null ? null : Long.valueOf(key.status()));
      case PROCESS -> {
        json.writeObjectPropertyStart("process");
        Json.number(json, "pid", key.pid() == null ? null : Long.valueOf(key.pid()));
        Json.string(json, "comm", key.comm());
        json.writeEndObject();
      }
    }
  }

  private static void latencies(JsonGenerator json, String name, Latencies times) {
    if (times.count() == 0) {
      json.writeNullProperty(name);
      return;
    }
    json.writeObjectPropertyStart(name);
    json.writeNumberProperty("p50", times.percentile(MEDIAN));
    json.writeNumberProperty("p90", times.percentile(P90));
    json.writeNumberProperty("p99", times.percentile(P99));
    json.writeNumberProperty("max", times.max());
    json.writeEndObject();
  }
}
