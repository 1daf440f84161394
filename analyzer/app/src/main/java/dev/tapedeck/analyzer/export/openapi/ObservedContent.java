// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export.openapi;

import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.http.BodyDigest;
import dev.tapedeck.analyzer.http.BodyText;
import dev.tapedeck.analyzer.redact.PercentCoding;
import dev.tapedeck.analyzer.redact.Tokens;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The bodies of requests of an operation, or of its answers with one status, by media type.
 *
 * <p><b>Limits:</b> {@value #MAX_SAMPLES} bodies of up to {@value #MAX_BODY_BYTES} bytes are looked
 * into. <b>Threads:</b> confined to one.
 */
final class ObservedContent {
  private static final int MAX_SAMPLES = 2000;
  private static final int MAX_BODY_BYTES = 1 << 20;
  private static final int MAX_EXAMPLE_BYTES = 2048;
  private static final int MAX_TYPES = 16;
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final JsonFactory FACTORY = new JsonFactory();

  private final Map<String, Type> types = new TreeMap<>();

  private static final class Type {
    private SchemaSketch schema = new SchemaSketch();
    private byte[] example = new byte[0];
    private int samples;
  }

  /** Notes a message's body; returns whether it has one. */
  boolean add(HttpMessage message) {
    if (message.body().content().length() == 0) {
      return false;
    }
    String sent = BodyText.contentType(message);
    String name = mediaType(sent);
    if (types.size() < MAX_TYPES || types.containsKey(name)) {
      Type type = types.computeIfAbsent(name, unused -> new Type());
      boolean isKnown =
          type.samples < MAX_SAMPLES
              && BodyDigest.isWhole(message)
              && message.body().content().length() <= MAX_BODY_BYTES;
      if (isKnown) {
        type.samples++;
        look(type, name, message.body().content().toBytes());
      }
    }
    return true;
  }

  /** Returns the type without parameters, in lower case. */
  private static String mediaType(@Nullable String sent) {
    String text = sent == null ? "" : sent;
    int end = text.indexOf(';');
    String name = (end < 0 ? text : text.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    return name.matches("[a-z0-9!#$&^_.+-]{1,64}/[a-z0-9!#$&^_.+-]{1,64}")
        ? name
        : "application/octet-stream";
  }

  private static void look(Type type, String name, Bytes body) {
    if (name.contains("json")) {
      json(type, body);
    } else if (name.equals(FORM)) {
      type.schema.form(fields(body.toLatin1()));
    } else if (name.startsWith("multipart/")) {
      type.schema.form(List.of());
    } else if (BodyText.decode(body, null) != null) {
      type.schema.string("");
    }
  }

  private static void json(Type type, Bytes body) {
    byte[] bytes = body.toArray();
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
      // First to its end: of what is no JSON nothing is taken.
      while (parser.nextToken() != null) {
        parser.skipChildren();
      }
    } catch (JacksonException e) {
      return;
    }
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
      while (parser.nextToken() != null) {
        type.schema.add(parser);
      }
    }
    if (type.example.length == 0 && bytes.length <= MAX_EXAMPLE_BYTES) {
      type.example = bytes;
    }
  }

  static List<Map.Entry<String, String>> fields(String parameters) {
    List<Map.Entry<String, String>> fields = new ArrayList<>();
    for (String parameter : parameters.split("&", -1)) {
      int equals = parameter.indexOf('=');
      if (!parameter.isEmpty()) {
        fields.add(
            Map.entry(
                PercentCoding.decode(equals < 0 ? parameter : parameter.substring(0, equals)),
                equals < 0 ? "" : PercentCoding.decode(parameter.substring(equals + 1))));
      }
    }
    return fields;
  }

  boolean isEmpty() {
    return types.isEmpty();
  }

  /** Writes {@code content}. */
  void write(JsonGenerator json) {
    json.writeObjectPropertyStart("content");
    for (Map.Entry<String, Type> type : types.entrySet()) {
      json.writeObjectPropertyStart(type.getKey());
      if (!type.getValue().schema.isEmpty()) {
        json.writeName("schema");
        type.getValue().schema.write(json);
      }
      if (type.getValue().example.length > 0) {
        example(json, type.getValue().example);
      }
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  /** Copies a value without the members whose value was secret. */
  private static void example(JsonGenerator json, byte[] bytes) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
      parser.nextToken();
      if (isSecret(parser)) {
        return;
      }
      json.writeName("example");
      copy(json, parser);
    }
  }

  private static boolean isSecret(JsonParser parser) {
    return parser.currentToken() == JsonToken.VALUE_STRING
        && parser.getString().startsWith(Tokens.MARK.substring(0, 4));
  }

  private static void copy(JsonGenerator json, JsonParser parser) {
    switch (parser.currentToken()) {
      case START_OBJECT -> {
        json.writeStartObject();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          if (!isSecret(parser)) {
            json.writeName(name);
            copy(json, parser);
          }
        }
        json.writeEndObject();
      }
      case START_ARRAY -> {
        json.writeStartArray();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          if (!isSecret(parser)) {
            copy(json, parser);
          }
        }
        json.writeEndArray();
      }
      default -> json.copyCurrentEvent(parser);
    }
  }
}
