// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import dev.tapedeck.analyzer.HeaderField;
import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;

/** Writes the {@code cookies} arrays of HAR 1.2 from Cookie and Set-Cookie fields (RFC 6265). */
final class HarCookies {
  private final JsonGenerator json;

  HarCookies(JsonGenerator json) {
    this.json = json;
  }

  /** RFC 6265, section 4.2.1: pairs between semicolons. */
  void ofRequest(List<HeaderField> fields) {
    json.writeArrayPropertyStart("cookies");
    for (HeaderField field : fields) {
      for (String pair : field.value().split(";", -1)) {
        if (!pair.isBlank()) {
          json.writeStartObject();
          nameAndValue(pair);
          json.writeEndObject();
        }
      }
    }
    json.writeEndArray();
  }

  /** RFC 6265, section 5.2: one cookie a field, then its attributes. */
  void ofResponse(List<HeaderField> fields) {
    json.writeArrayPropertyStart("cookies");
    for (HeaderField field : fields) {
      String[] parts = field.value().split(";", -1);
      json.writeStartObject();
      nameAndValue(parts.length == 0 ? "" : parts[0]);
      for (int i = 1; i < parts.length; i++) {
        attribute(parts[i].strip());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void nameAndValue(String pair) {
    int equals = pair.indexOf('=');
    json.writeStringProperty("name", equals < 0 ? "" : pair.substring(0, equals).strip());
    String value = equals < 0 ? pair.strip() : pair.substring(equals + 1).strip();
    json.writeStringProperty("value", value);
  }

  private void attribute(String attribute) {
    int equals = attribute.indexOf('=');
    String name = (equals < 0 ? attribute : attribute.substring(0, equals)).strip();
    String value = equals < 0 ? "" : attribute.substring(equals + 1).strip();
    switch (name.toLowerCase(Locale.ROOT)) {
      case "path" -> json.writeStringProperty("path", value);
      case "domain" -> json.writeStringProperty("domain", value);
      case "expires" -> expires(value);
      case "httponly" -> json.writeBooleanProperty("httpOnly", true);
      case "secure" -> json.writeBooleanProperty("secure", true);
      default -> {
        // HAR 1.2 has no place for other attributes; the header field itself is in the archive.
      }
    }
  }

  private void expires(String value) {
    try {
      ZonedDateTime time =
          ZonedDateTime.parse(value.replace('-', ' '), DateTimeFormatter.RFC_1123_DATE_TIME);
      json.writeStringProperty("expires", time.toInstant().toString());
    } catch (DateTimeException e) {
      // A date no HAR reader could take either; the header field itself is in the archive.
      return;
    }
  }
}
