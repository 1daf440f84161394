// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureFormatException;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.Damage;
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

  private FormatReading() {}

  /** Reads a capture with this project's reader. */
  static JsonNode of(Path capture) throws IOException {
    List<Object> events = new ArrayList<>();
    List<Object> damages = new ArrayList<>();
    CaptureJson.Fields header = null;
    try (CaptureReader reader = CaptureReader.open(capture, ReaderOptions.defaults())) {
      header = CaptureJson.header(reader.header());
      reader.read(
          Projection.ALL,
          new CaptureVisitor() {
            @Override
            public void event(CaptureEvent event) {
              events.add(CaptureJson.event(event));
            }

            @Override
            public void damage(Damage damage) {
              damages.add(CaptureJson.damage(damage));
            }
          });
      CaptureJson.Fields summary = CaptureJson.summary(reader.summary());
      return tree(CaptureJson.reading(header, events, damages, summary));
    } catch (CaptureFormatException e) {
      return tree(CaptureJson.reading(header, events, damages, null).with("refused", refusal(e)));
    }
  }

  private static CaptureJson.Fields refusal(CaptureFormatException e) {
    if (e instanceof CaptureFormatException.Truncated) {
      return CaptureJson.refused("truncated", null);
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
  static JsonNode tree(Map<String, Object> reading) {
    return JSON.readTree(JSON.writeValueAsString(reading));
  }

  static JsonNode parse(Path expected) throws IOException {
    return JSON.readTree(Files.readString(expected));
  }

  /** Writes a reading with a line for each event and damage, for people who compare. */
  static void write(JsonNode reading, Path expected) throws IOException {
    List<String> parts = new ArrayList<>();
    for (Map.Entry<String, JsonNode> part : reading.properties()) {
      StringBuilder text = new StringBuilder(JSON.writeValueAsString(part.getKey())).append(": ");
      if (part.getValue().isArray() && !part.getValue().isEmpty()) {
        Iterator<JsonNode> elements = part.getValue().iterator();
        text.append("[\n").append(elements.next());
        elements.forEachRemaining(element -> text.append(",\n").append(element));
        text.append("\n]");
      } else {
        text.append(part.getValue());
      }
      parts.add(text.toString());
    }
    Files.writeString(expected, "{\n" + String.join(",\n", parts) + "\n}\n");
  }

  /** Compares two readings part by part, so that a failure says where they differ. */
  static void assertEqual(JsonNode actual, JsonNode expected) {
    assertThat(actual.get("refused")).as("refused").isEqualTo(expected.get("refused"));
    assertThat(actual.get("damages")).as("damages").isEqualTo(expected.get("damages"));
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
