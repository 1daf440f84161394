// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.format.Bytes;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a Content-Type field says (RFC 9110, section 8.3.1).
 *
 * @param name type and subtype in lower case; empty when there is none
 * @param parameters by name in lower case; a charset's value is in lower case, too
 */
record MediaType(String name, Map<String, String> parameters) {
  private static final String CHARSET = "charset";

  /** Returns what a text without a type is, by its first character. */
  static MediaType ofText(Bytes text) {
    int first = text.isEmpty() ? 0 : text.get(0);
    boolean json = first == '{' || first == '[';
    return new MediaType(json ? "application/json" : "text/plain", Map.of());
  }

  static MediaType of(HeaderFields headers) {
    HeaderField field = headers.first("content-type");
    return parse(field == null ? "" : field.value());
  }

  static MediaType parse(String value) {
    int semicolon = value.indexOf(';');
    String name = (semicolon < 0 ? value : value.substring(0, semicolon)).trim();
    Map<String, String> parameters =
        parameters(semicolon < 0 ? "" : value.substring(semicolon + 1));
    parameters.computeIfPresent(CHARSET, (key, charset) -> charset.toLowerCase(Locale.ROOT));
    return new MediaType(name.toLowerCase(Locale.ROOT), parameters);
  }

  /** Returns what stands between semicolons, by name in lower case; without quotes. */
  static Map<String, String> parameters(String text) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String parameter : text.split(";", -1)) {
      int equals = parameter.indexOf('=');
      String name = (equals < 0 ? parameter : parameter.substring(0, equals)).trim();
      String value = equals < 0 ? "" : parameter.substring(equals + 1).trim();
      if (value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")) {
        value = value.substring(1, value.length() - 1);
      }
      if (!name.isEmpty()) {
        parameters.putIfAbsent(name.toLowerCase(Locale.ROOT), value);
      }
    }
    return parameters;
  }

  /** Returns the charset; UTF-8 when it names none. */
  Charset charset() {
    String charset = parameters.get(CHARSET);
    try {
      return charset == null ? StandardCharsets.UTF_8 : Charset.forName(charset);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      return StandardCharsets.ISO_8859_1; // loses no byte, whatever they mean
    }
  }

  boolean isJson() {
    return name.equals("application/json") || name.equals("text/json") || name.endsWith("+json");
  }

  /** Returns whether each line is a JSON document. */
  boolean isJsonLines() {
    return name.endsWith("/x-ndjson") || name.endsWith("/jsonl") || name.endsWith("/ndjson");
  }

  boolean isHtml() {
    return name.equals("text/html");
  }

  boolean isXml() {
    return name.endsWith("+xml") || name.endsWith("/xml");
  }

  boolean isText() {
    return name.startsWith("text/")
        || isXml()
        || name.endsWith("/javascript")
        || name.endsWith("/x-www-form-urlencoded")
        || name.endsWith("/yaml")
        || isJsonLines()
        || isJson();
  }
}
