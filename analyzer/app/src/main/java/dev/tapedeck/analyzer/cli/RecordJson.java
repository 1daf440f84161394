// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.format.CaptureRecords;
import tools.jackson.core.JsonGenerator;

/** Writes what records' headers say as JSON objects; {@code docs/JSON.md} describes every field. */
final class RecordJson {
  private final JsonGenerator json;

  RecordJson(JsonGenerator json) {
    this.json = json;
  }

  void write(CaptureRef capture, CaptureRecords.Entry entry) {
    json.writeStartObject();
    if (capture.file() != null) {
      json.writeStringProperty("file", capture.file());
    }
    json.writeStringProperty("record", entry.typeName());
    json.writeNumberProperty("type", entry.type());
    json.writeNumberProperty("offset_bytes", entry.offset());
    json.writeNumberProperty("length_bytes", entry.lengthBytes());
    json.writeNumberProperty("block_number", entry.sequence());
    json.writeNumberProperty("absent_blocks", entry.absentBlocks());
    json.writeNumberProperty("codec", entry.codec());
    json.writeNumberProperty("cipher", entry.cipher());
    json.writeNumberProperty("compatible_flags", entry.compatibleFlags());
    json.writeNumberProperty("incompatible_flags", entry.incompatibleFlags());
    plane("metadata", entry.metadata());
    plane("payload_plane", entry.payload());
    json.writeNumberProperty("event_count", entry.eventCount());
    json.writeNumberProperty("data_bytes", entry.dataBytes());
    json.writeNumberProperty("first_ns", entry.firstNanos());
    json.writeNumberProperty("last_ns", entry.lastNanos());
    json.writeNumberProperty("watermark_ns", entry.watermarkNanos());
    json.writeNumberProperty("lost_events", entry.lostEvents());
    json.writeNumberProperty("lost_bytes", entry.lostBytes());
    json.writeNumberProperty("events_before", entry.eventsBefore());
    json.writeNumberProperty("data_bytes_before", entry.dataBytesBefore());
    json.writeBooleanProperty("sound", entry.isSound());
    json.writeEndObject();
  }

  private void plane(String name, CaptureRecords.Plane plane) {
    json.writeObjectPropertyStart(name);
    json.writeNumberProperty("stored_bytes", plane.storedBytes());
    json.writeNumberProperty("raw_bytes", plane.rawBytes());
    json.writeBooleanProperty("checksum_holds", plane.checksumHolds());
    json.writeEndObject();
  }
}
