// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a Content-Type field says (RFC 9110, section 8.3.1).
 *
 * @param name type and subtype in lower case; empty when there is none
 * @param charset UTF-8 when it names none that is known
 */
record MediaType(String name, Charset charset) {
  private static final Pattern CHARSET =
      Pattern.compile(";\\s*charset=\"?([^\";\\s]+)", Pattern.CASE_INSENSITIVE);

  static MediaType of(HeaderFields headers) {
    HeaderField field = headers.first("content-type");
    if (field == null) {
      return new MediaType("", StandardCharsets.UTF_8);
    }
    String value = field.value();
    int semicolon = value.indexOf(';');
    String name = (semicolon < 0 ? value : value.substring(0, semicolon)).trim();
    Matcher matcher = CHARSET.matcher(value);
    return new MediaType(
        name.toLowerCase(Locale.ROOT),
        matcher.find() ? charset(matcher.group(1)) : StandardCharsets.UTF_8);
  }

  private static Charset charset(String name) {
    try {
      return Charset.forName(name);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      return StandardCharsets.ISO_8859_1; // loses no byte, whatever they mean
    }
  }

  boolean isJson() {
    return name.equals("application/json") || name.equals("text/json") || name.endsWith("+json");
  }

  boolean isText() {
    return name.startsWith("text/")
        || name.endsWith("+xml")
        || name.endsWith("/xml")
        || name.endsWith("/javascript")
        || name.endsWith("/x-www-form-urlencoded")
        || name.endsWith("/x-ndjson")
        || name.endsWith("/yaml")
        || isJson();
  }
}
