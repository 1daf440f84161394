// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureFormatException;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.CopyLoss;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.Identities;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.ReaderOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a reader gives of a capture, as JSON; and the files in which that is expected. */
final class FormatReading {
  static final JsonMapper JSON = new JsonMapper();

  private static final List<String> PARTS =
      List.of("header", "refused", "damages", "losses", "summary", "events");

  private FormatReading() {}

  /** One of the ways in which this project's reader gives everything that is in a capture. */
  @FunctionalInterface
  interface Way {
    void read(CaptureReader reader, CaptureVisitor visitor) throws IOException;
  }

  /** Reads a capture with this project's reader. */
  static JsonNode of(Path capture, Identities identities) throws IOException {
    return of(capture, identities, (reader, visitor) -> reader.read(Projection.ALL, visitor));
  }

  static JsonNode of(Path capture, Identities identities, Way way) throws IOException {
    CaptureJson.Fields reading = new CaptureJson.Fields();
    List<Object> events = new ArrayList<>();
    List<Object> losses = new ArrayList<>();
    List<Object> damages = new ArrayList<>();
    reading.with("events", events).with("losses", losses).with("damages", damages);
    ReaderOptions options = ReaderOptions.defaults().withIdentities(identities);
    try (CaptureReader reader = CaptureReader.open(capture, options)) {
      reading.with("header", CaptureJson.header(reader.header()));
      reading.with("summary", CaptureJson.summary(reader.summary()));
      way.read(
          reader,
          new CaptureVisitor() {
            @Override
            public void event(CaptureEvent event) {
              events.add(CaptureJson.event(event));
            }

            @Override
            public void loss(CopyLoss loss) {
              losses.add(CaptureJson.loss(loss));
            }

            @Override
            public void damage(Damage damage) {
              damages.add(CaptureJson.damage(damage));
            }
          });
    } catch (CaptureFormatException e) {
      reading.with("refused", refusal(e));
    }
    return tree(reading);
  }

  private static CaptureJson.Fields refusal(CaptureFormatException e) {
    if (e instanceof CaptureFormatException.Truncated) {
      return CaptureJson.refused("truncated", null);
    }
    if (e instanceof CaptureFormatException.Encrypted) {
      return CaptureJson.refused("key_needed", null);
    }
    String actual = e.actual();
    for (String kind : List.of("version", "codec", "cipher")) {
      if (actual.startsWith(kind + " ")) {
        return CaptureJson.refused(kind, Integer.valueOf(actual.substring(kind.length() + 1)));
      }
    }
    return actual.startsWith("0x")
        ? CaptureJson.refused("flags", Integer.decode(actual))
        : CaptureJson.refused("not_a_capture", null);
  }

  /** Returns the tree as if it had been parsed, so that equal numbers are equal. */
  private static JsonNode tree(Map<String, Object> reading) {
    return JSON.readTree(JSON.writeValueAsString(reading));
  }

  static JsonNode parse(Path expected) throws IOException {
    return JSON.readTree(Files.readString(expected));
  }

  /** Writes a reading with a line for each event and damage, for people who compare. */
  static void write(JsonNode reading, Path expected) throws IOException {
    List<String> parts = new ArrayList<>();
    for (String name : PARTS) {
      JsonNode part = reading.get(name);
      if (part == null) {
        continue;
      }
      StringBuilder text = new StringBuilder(JSON.writeValueAsString(name)).append(": ");
      if (part.isArray() && !part.isEmpty()) {
        Iterator<JsonNode> elements = part.iterator();
        text.append("[\n").append(elements.next());
        elements.forEachRemaining(element -> text.append(",\n").append(element));
        text.append("\n]");
      } else {
        text.append(part);
      }
      parts.add(text.toString());
    }
    Files.writeString(expected, "{\n" + String.join(",\n", parts) + "\n}\n");
  }

  /** Compares two readings part by part, so that a failure says where they differ. */
  static void assertEqual(JsonNode actual, JsonNode expected) {
    assertThat(actual.get("refused")).as("refused").isEqualTo(expected.get("refused"));
    assertThat(actual.get("damages")).as("damages").isEqualTo(expected.get("damages"));
    assertThat(actual.get("losses")).as("losses").isEqualTo(expected.get("losses"));
    assertThat(actual.get("header")).as("header").isEqualTo(expected.get("header"));
    assertThat(actual.get("summary")).as("summary").isEqualTo(expected.get("summary"));
    Iterator<JsonNode> given = actual.get("events").iterator();
    int index = 0;
    for (JsonNode event : expected.get("events")) {
      assertThat(given.hasNext() ? given.next() : null).as("event %d", index++).isEqualTo(event);
    }
    assertThat(given.hasNext()).as("more events than the %d expected", index).isFalse();
  }
}
