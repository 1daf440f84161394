// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.har;

import dev.tapedeck.analyzer.wire.FieldSection;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The header fields of a message, in the order of the archive.
 *
 * <p>Pseudo-header fields of HTTP/2 are set apart; line ends in values become spaces (RFC 9110,
 * section 5.5).
 *
 * <p><b>Threads:</b> confined to one.
 */
final class HarFields {
  private final List<Field> fields = new ArrayList<>();
  private final Map<String, String> pseudo = new LinkedHashMap<>();

  record Field(String name, String value) {}

  static HarFields of(HarNode message) {
    HarFields made = new HarFields();
    for (HarNode header : message.list("headers")) {
      String name = clean(header.textOrEmpty("name"));
      String value = clean(header.textOrEmpty("value"));
      if (name.startsWith(":") && !value.isEmpty()) {
        made.pseudo.putIfAbsent(name, value);
      }
      if (!name.isEmpty() && name.indexOf(':') < 0) {
        made.fields.add(new Field(name, value));
      }
    }
    return made;
  }

  /** Leaves out what no field can hold: line ends, zeros, and blanks around it (RFC 9110, 5.5). */
  private static String clean(String text) {
    // Other white space, such as U+3000 or a form feed, belongs to the value.
    return text.replaceAll("[\\r\\n\\x00]+", " ").replaceAll("^[ \\t]+|(?<![ \\t])[ \\t]+$", "");
  }

  /** Returns the value of {@code :authority}; null when there is none. */
  @Nullable String authority() {
    return pseudo.get(":authority");
  }

  /** Returns the pseudo-header fields of HTTP/2, in the order of the archive. */
  Map<String, String> pseudo() {
    return new LinkedHashMap<>(pseudo);
  }

  @Nullable String first(String name) {
    for (Field field : fields) {
      if (field.name().equalsIgnoreCase(name)) {
        return field.value();
      }
    }
    return null;
  }

  /** Returns the values of all fields of a name, whatever else than letters is around and in it. */
  List<String> all(String name) {
    List<String> values = new ArrayList<>(1);
    for (Field field : fields) {
      if (field.name().replaceAll("[^A-Za-z0-9-]", "").equalsIgnoreCase(name)) {
        values.add(field.value());
      }
    }
    return values;
  }

  boolean has(String name) {
    return first(name) != null;
  }

  boolean hasToken(String name, String token) {
    String value = first(name);
    return value != null && Set.of(value.toLowerCase(Locale.ROOT).split("[\\s,]+")).contains(token);
  }

  void addFirst(String name, String value) {
    fields.add(0, new Field(name, clean(value)));
  }

  void add(String name, String value) {
    fields.add(new Field(clean(name), clean(value)));
  }

  /** Adds those of an export of this project, which are pairs. */
  void addPairs(List<HarNode> pairs) {
    for (HarNode item : pairs) {
      if (item.value() instanceof List<?> pair && pair.size() == 2) {
        add(String.valueOf(pair.get(0)), String.valueOf(pair.get(1)));
      }
    }
  }

  /** Gives all fields of a name that value; adds one when there is none. */
  void set(String name, String value) {
    boolean found = false;
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equalsIgnoreCase(name)) {
        fields.set(i, new Field(fields.get(i).name(), value));
        found = true;
      }
    }
    if (!found) {
      add(name, value);
    }
  }

  /** Returns a head: the start line, the fields, and the empty line. */
  byte[] head(String startLine) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(out, clean(startLine) + "\r\n");
    out.writeBytes(lines());
    return out.toByteArray();
  }

  /** Returns a line for each field, and the empty line. */
  byte[] lines() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Field field : fields) {
      write(out, field.name() + ": " + field.value() + "\r\n");
    }
    write(out, "\r\n");
    return out.toByteArray();
  }

  /** Returns pseudo-header fields and these, their names in lower case (RFC 9113, section 8.2). */
  FieldSection section(Map<String, String> pseudoFields) {
    FieldSection section = new FieldSection();
    pseudoFields.forEach((name, value) -> section.add(name, octets(value)));
    for (Field field : fields) {
      section.add(octets(field.name().toLowerCase(Locale.ROOT)), octets(field.value()));
    }
    return section;
  }

  private static void write(ByteArrayOutputStream out, String text) {
    out.writeBytes(octets(text).getBytes(StandardCharsets.ISO_8859_1));
  }

  /** What ISO 8859-1 cannot hold is sent as UTF-8, as browsers show it. */
  private static String octets(String text) {
    boolean narrow = text.chars().allMatch(c -> c < 256);
    return narrow
        ? text
        : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
