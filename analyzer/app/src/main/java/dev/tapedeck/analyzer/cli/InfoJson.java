// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.format.BlindSpotEvent;
import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.CaptureHost;
import dev.tapedeck.format.CaptureSummary;
import dev.tapedeck.format.CopyLoss;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.Derivation;
import dev.tapedeck.format.EncryptionInfo;
import dev.tapedeck.format.LossEvent;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Writes what a capture holds as a JSON object; {@code docs/JSON.md} describes every field. */
final class InfoJson {
  private final JsonGenerator json;

  InfoJson(JsonGenerator json) {
    this.json = json;
  }

  void write(CaptureFacts facts) {
    CaptureSummary summary = facts.summary();
    json.writeStartObject();
    json.writeStringProperty("file", facts.file().toString());
    json.writeBooleanProperty("complete", summary.complete());
    json.writeBooleanProperty("damaged", facts.damaged());
    json.writeBooleanProperty("scanned", facts.scanned());
    encryption(facts);
    header(facts.header(), facts.locked());
    number("first_event_ns", facts.epochNanos(summary.firstNanos()));
    number("last_event_ns", facts.epochNanos(summary.lastNanos()));
    json.writeNumberProperty("duration_ns", summary.lastNanos() - summary.firstNanos());
    json.writeNumberProperty("blocks", summary.blocks());
    json.writeNumberProperty("events", summary.events());
    json.writeNumberProperty("payload_bytes", summary.payloadBytes());
    json.writeNumberProperty("file_bytes", summary.fileBytes());
    json.writeNumberProperty("lost_events", summary.lostEvents());
    json.writeNumberProperty("lost_bytes", summary.lostBytes());
    losses(facts.losses());
    blindSpots(facts.blindSpots());
    copyLosses(facts.copyLosses());
    json.writeNumberProperty("unknown_records", summary.unknownRecords());
    json.writeArrayPropertyStart("damages");
    for (Damage damage : facts.damages()) {
      json.writeStartObject();
      json.writeNumberProperty("offset_bytes", damage.offset());
      json.writeNumberProperty("length_bytes", damage.lengthBytes());
      json.writeStringProperty("kind", damage.kind().name().toLowerCase(Locale.ROOT));
      json.writeStringProperty("reason", damage.reason());
      count("lost_events", damage.lostEvents());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void encryption(CaptureFacts facts) {
    json.writeName("encryption");
    EncryptionInfo encryption = facts.encryption();
    if (encryption == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    json.writeStringProperty("origin_file_id", encryption.originFileId().toString());
    recipients("recipients", encryption.recipients());
    recipients("metadata_recipients", encryption.metadataRecipients());
    json.writeStringProperty("readable", facts.access().name().toLowerCase(Locale.ROOT));
    json.writeEndObject();
  }

  private void recipients(String name, Map<String, Integer> types) {
    json.writeObjectPropertyStart(name);
    types.forEach((type, count) -> json.writeNumberProperty(type, count.intValue()));
    json.writeEndObject();
  }

  private void header(CaptureHeader header, boolean locked) {
    json.writeStringProperty("file_id", header.fileId().toString());
    text("producer", header.producer());
    json.writeName("host");
    if (locked) {
      json.writeNull();
    } else {
      json.writeStartObject();
      host(header.hostId(), header.hostName(), header.architecture(), header.kernelRelease());
      json.writeEndObject();
    }
    long created = header.createdRealNanos();
    number("created_ns", created == 0 ? null : Long.valueOf(created));
    json.writeObjectPropertyStart("attributes");
    header.attributes().forEach(json::writeStringProperty);
    json.writeEndObject();
    json.writeArrayPropertyStart("hosts");
    for (CaptureHost host : header.hosts()) {
      json.writeStartObject();
      host(host.hostId(), host.hostName(), host.architecture(), host.kernelRelease());
      json.writeEndObject();
    }
    json.writeEndArray();
    derivation(header.derivation());
  }

  private void host(long id, String name, String architecture, String kernelRelease) {
    json.writeStringProperty("id", Long.toUnsignedString(id));
    text("name", name);
    text("architecture", architecture);
    text("kernel", kernelRelease);
  }

  private void derivation(@Nullable Derivation derivation) {
    json.writeName("derivation");
    if (derivation == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    text("verb", derivation.verb());
    text("producer", derivation.producer());
    json.writeArrayPropertyStart("origins");
    for (Derivation.Origin origin : derivation.origins()) {
      json.writeStartObject();
      json.writeStringProperty("file_id", origin.fileId().toString());
      json.writeNumberProperty("first_sequence", origin.firstSequence());
      json.writeNumberProperty("end_sequence", origin.endSequence());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void copyLosses(@Nullable List<CopyLoss> losses) {
    json.writeName("copy_losses");
    if (losses == null) {
      json.writeNull();
      return;
    }
    json.writeStartArray();
    for (CopyLoss loss : losses) {
      json.writeStartObject();
      json.writeStringProperty("kind", loss.kind().name().toLowerCase(Locale.ROOT));
      count("lost_blocks", loss.blocks());
      count("lost_events", loss.events());
      count("lost_bytes", loss.dataBytes());
      json.writeNumberProperty("offset_bytes", loss.offset());
      json.writeNumberProperty("length_bytes", loss.lengthBytes());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Writes null for what is not known. */
  private void count(String name, long value) {
    number(name, value < 0 ? null : Long.valueOf(value));
  }

  private void losses(@Nullable Map<LossEvent.Cause, CaptureFacts.Loss> losses) {
    json.writeName("lost_by_cause");
    if (losses == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    losses.forEach(
        (cause, loss) -> {
          json.writeObjectPropertyStart(cause.name().toLowerCase(Locale.ROOT));
          json.writeNumberProperty("events", loss.events());
          json.writeNumberProperty("bytes", loss.lostBytes());
          json.writeNumberProperty("reports_without_bytes", loss.unknown());
          json.writeEndObject();
        });
    json.writeEndObject();
  }

  private void blindSpots(@Nullable Map<BlindSpotEvent.What, CaptureFacts.BlindSpot> blindSpots) {
    json.writeName("blind_spots");
    if (blindSpots == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    blindSpots.forEach(
        (what, seen) -> {
          json.writeObjectPropertyStart(what.name().toLowerCase(Locale.ROOT));
          json.writeNumberProperty("reports", seen.reports());
          json.writeNumberProperty("egress_bytes", seen.egressBytes());
          json.writeNumberProperty("ingress_bytes", seen.ingressBytes());
          json.writeEndObject();
        });
    json.writeEndObject();
  }

  private void text(String name, String value) {
    json.writeName(name);
    if (value.isEmpty()) {
      json.writeNull();
    } else {
      json.writeString(value);
    }
  }

  private void number(String name, @Nullable Long value) {
    json.writeName(name);
    if (value == null) {
      json.writeNull();
    } else {
      json.writeNumber(value.longValue());
    }
  }
}
