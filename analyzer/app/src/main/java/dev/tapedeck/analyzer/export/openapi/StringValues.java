// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export.openapi;

import dev.tapedeck.analyzer.redact.Tokens;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * What all values of a string have in common: a format, or that they are few words.
 *
 * <p><b>Limits:</b> a few short values are kept. <b>Threads:</b> confined to one.
 */
final class StringValues {
  /** So many values at most make an enumeration, and each was seen so often at least. */
  private static final int MAX_WORDS = 8;

  private static final int MIN_SAMPLES_A_WORD = 4;
  private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,31}");
  private static final int MAX_FORMATTED = 300;

  private final Set<Format> formats = EnumSet.allOf(Format.class);
  private final Set<String> words = new TreeSet<>();
  private boolean onlyWords = true;
  private long count;

  /** Formats that OpenAPI's registry and JSON Schema 2020-12 (Validation, section 7.3) name. */
  private enum Format {
    UUID("uuid", "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    DATE_TIME(
        "date-time",
        "[0-9]{4}-[01][0-9]-[0-3][0-9][Tt][0-2][0-9]:[0-5][0-9]:[0-6][0-9](?:\\.[0-9]+)?"
            + "(?:[Zz]|[+-][0-2][0-9]:[0-5][0-9])"),
    DATE("date", "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"),
    EMAIL("email", "[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+"),
    URI("uri", "https?://[!-~&&[^\"<>\\\\^`{|}]]+"),
    IPV4("ipv4", "(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?:\\.|$)){4}");

    private final String label;
    private final Pattern pattern;

    Format(String label, String regex) {
      this.label = label;
      this.pattern = Pattern.compile(regex);
    }
  }

  /** Notes a value. */
  void add(String value) {
    count++;
    formats.removeIf(
        format -> value.length() > MAX_FORMATTED || !format.pattern.matcher(value).matches());
    onlyWords &= WORD.matcher(value).matches() && !value.startsWith(Tokens.MARK);
    if (onlyWords) {
      words.add(value);
      onlyWords = words.size() <= MAX_WORDS;
    }
    if (!onlyWords) {
      words.clear();
    }
  }

  /** Writes what they have in common, into a schema. */
  void write(JsonGenerator json) {
    String format = format();
    if (format != null) {
      json.writeStringProperty("format", format);
    } else if (onlyWords && words.size() > 1 && count >= (long) words.size() * MIN_SAMPLES_A_WORD) {
      json.writeArrayPropertyStart("enum");
      words.forEach(json::writeString);
      json.writeEndArray();
    }
  }

  private @Nullable String format() {
    return count == 0 || formats.isEmpty() ? null : formats.iterator().next().label;
  }
}
