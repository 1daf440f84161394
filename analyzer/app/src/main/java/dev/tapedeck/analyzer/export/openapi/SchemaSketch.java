// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export.openapi;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * A JSON Schema (2020-12) that all values fit which it was shown.
 *
 * <p>A member is required when every object had it. A member that was null at times has {@code
 * null} among its types. Objects with very many member names are maps.
 *
 * <p><b>Limits:</b> deeper values than {@value #MAX_DEPTH} are of any type; a map's members share
 * one schema. <b>Threads:</b> confined to one.
 */
final class SchemaSketch {
  static final int MAX_DEPTH = 40;

  /** Objects with more member names than this are maps from keys to values of one kind. */
  private static final int MAX_MEMBERS = 200;

  private final Set<Type> types = EnumSet.noneOf(Type.class);
  private final StringValues strings = new StringValues();
  private final Map<String, Member> members = new TreeMap<>();
  private @Nullable SchemaSketch mapped;
  private @Nullable SchemaSketch items;
  private long objects;
  private long least = Long.MAX_VALUE;
  private long most = Long.MIN_VALUE;
  private boolean huge;

  private enum Type {
    ARRAY,
    BOOLEAN,
    INTEGER,
    NUMBER,
    OBJECT,
    STRING,
    NULL
  }

  private static final class Member {
    private final SchemaSketch schema = new SchemaSketch();
    private long count;
  }

  /** Takes the value that begins at the parser's token, up to its end. */
  void add(JsonParser parser) {
    add(parser, 0);
  }

  private void add(JsonParser parser, int depth) {
    JsonToken token = parser.currentToken();
    if (depth > MAX_DEPTH && token.isStructStart()) {
      types.addAll(EnumSet.complementOf(EnumSet.of(Type.INTEGER)));
      parser.skipChildren();
      return;
    }
    switch (token) {
      case START_OBJECT -> object(parser, depth);
      case START_ARRAY -> {
        types.add(Type.ARRAY);
        SchemaSketch elements = items();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          elements.add(parser, depth + 1);
        }
      }
      case VALUE_STRING -> string(parser.getString());
      case VALUE_NUMBER_INT -> integer(parser);
      case VALUE_NUMBER_FLOAT -> types.add(Type.NUMBER);
      case VALUE_TRUE, VALUE_FALSE -> types.add(Type.BOOLEAN);
      default -> types.add(Type.NULL);
    }
  }

  private SchemaSketch items() {
    SchemaSketch known = items;
    if (known == null) {
      known = new SchemaSketch();
      items = known;
    }
    return known;
  }

  /** Notes a string. */
  void string(String value) {
    types.add(Type.STRING);
    strings.add(value);
  }

  /** Notes a value that is written as text, such as one of a query: numbers are seen as such. */
  void text(String value) {
    if (value.matches("-?(?:0|[1-9][0-9]{0,17})")) {
      types.add(Type.INTEGER);
      range(Long.parseLong(value));
    } else if (value.matches("-?(?:0|[1-9][0-9]{0,17})\\.[0-9]{1,18}")) {
      types.add(Type.NUMBER);
    } else if (value.equals("true") || value.equals("false")) {
      types.add(Type.BOOLEAN);
    } else {
      string(value);
    }
    // What is text at times is text.
    if (types.contains(Type.STRING)) {
      types.retainAll(EnumSet.of(Type.STRING, Type.ARRAY));
    }
  }

  private void integer(JsonParser parser) {
    types.add(Type.INTEGER);
    if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      huge = true;
    } else {
      range(parser.getLongValue());
    }
  }

  private void range(long value) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }

  private void object(JsonParser parser, int depth) {
    types.add(Type.OBJECT);
    objects++;
    Set<String> seen = new HashSet<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      member(name, seen.add(name)).add(parser, depth + 1);
    }
  }

  /** Returns the schema of a member; {@code first} when it is the first one of its name. */
  private SchemaSketch member(String name, boolean first) {
    SchemaSketch map = mapped;
    if (map != null) {
      return map;
    }
    Member member = members.computeIfAbsent(name, unused -> new Member());
    member.count += first ? 1 : 0;
    if (members.size() > MAX_MEMBERS) {
      map = new SchemaSketch();
      for (Member one : members.values()) {
        map.merge(one.schema);
      }
      members.clear();
      mapped = map;
      return map;
    }
    return member.schema;
  }

  /** Notes an object with these members, all of them text; names may repeat. */
  void form(List<Map.Entry<String, String>> fields) {
    types.add(Type.OBJECT);
    objects++;
    Set<String> seen = new HashSet<>();
    for (Map.Entry<String, String> field : fields) {
      member(field.getKey(), seen.add(field.getKey())).text(field.getValue());
    }
  }

  /** Takes in what another one was shown, but for the values of its strings. */
  private void merge(SchemaSketch other) {
    types.addAll(other.types);
    huge |= other.huge;
    least = Math.min(least, other.least);
    most = Math.max(most, other.most);
    objects += other.objects;
    if (other.items != null) {
      items().merge(other.items);
    }
    for (Map.Entry<String, Member> member : other.members.entrySet()) {
      SchemaSketch mine = member(member.getKey(), false);
      mine.merge(member.getValue().schema);
      Member own = members.get(member.getKey());
      if (own != null) {
        own.count += member.getValue().count;
      }
    }
    if (other.mapped != null) {
      member("", false).merge(other.mapped);
    }
  }

  /** Returns whether nothing was shown. */
  boolean isEmpty() {
    return types.isEmpty();
  }

  /** Writes the schema as an object. */
  void write(JsonGenerator json) {
    json.writeStartObject();
    List<String> names = new ArrayList<>();
    for (Type type : types) {
      // Every integer is a number (JSON Schema Core, section 4.2.3).
      if (type != Type.INTEGER || !types.contains(Type.NUMBER)) {
        names.add(type.name().toLowerCase(Locale.ROOT));
      }
    }
    if (names.size() == 1) {
      json.writeStringProperty("type", names.get(0));
    } else if (!names.isEmpty()) {
      json.writeArrayPropertyStart("type");
      names.forEach(json::writeString);
      json.writeEndArray();
    }
    if (types.equals(EnumSet.of(Type.STRING))) {
      strings.write(json);
    } else if (types.equals(EnumSet.of(Type.INTEGER)) && !huge) {
      boolean narrow = least >= Integer.MIN_VALUE && most <= Integer.MAX_VALUE;
      json.writeStringProperty("format", narrow ? "int32" : "int64");
    }
    if (types.contains(Type.OBJECT)) {
      properties(json);
    }
    if (types.contains(Type.ARRAY) && items != null && !items.isEmpty()) {
      json.writeName("items");
      items.write(json);
    }
    json.writeEndObject();
  }

  private void properties(JsonGenerator json) {
    if (mapped != null) {
      json.writeName("additionalProperties");
      mapped.write(json);
    }
    if (members.isEmpty()) {
      return;
    }
    json.writeObjectPropertyStart("properties");
    for (Map.Entry<String, Member> member : members.entrySet()) {
      json.writeName(member.getKey());
      member.getValue().schema.write(json);
    }
    json.writeEndObject();
    List<String> required =
        members.entrySet().stream()
            .filter(member -> member.getValue().count == objects)
            .map(Map.Entry::getKey)
            .toList();
    if (!required.isEmpty()) {
      json.writeArrayPropertyStart("required");
      required.forEach(json::writeString);
      json.writeEndArray();
    }
  }
}
