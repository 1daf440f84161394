// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.splice;

import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How a value is written at its place.
 *
 * <p><b>Encoding:</b> all texts are bytes, one ISO 8859-1 character each; escapes that name
 * characters stand for their UTF-8 bytes.
 */
public enum Coding {
  /** As it is. */
  PLAIN,
  /** Percent-encoded, as in paths (RFC 3986, section 2.1). */
  PERCENT,
  /** Percent-encoded with {@code +} for a space, as in queries and forms (URL standard, 5.1). */
  FORM,
  /** Within the quotes of a JSON string (RFC 8259, section 7). */
  JSON,
  /** With the entities of HTML and XML. */
  HTML,
  /** RFC 4648, section 4. */
  BASE64,
  /** RFC 4648, section 5. */
  BASE64URL;

  private static final String PLAIN_IN_URLS = "-._~";

  /** Returns the name used in JSON. */
  public String jsonName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the value that is written so; null when the text is not written in this way. */
  public @Nullable String decode(String raw) {
    if (isBlock()) {
      return Base64Text.decode(raw, this == BASE64URL);
    }
    return escapes() == null || !isEscaped(raw) ? raw : Escapes.decode(raw, this).text();
  }

  /**
   * Returns how a value is written.
   *
   * @param like how another value was written at the same place: its habits are kept
   */
  public String encode(String value, String like) {
    return switch (this) {
      case PLAIN -> value;
      case BASE64, BASE64URL -> Base64Text.encode(value, this == BASE64URL, like);
      case PERCENT, FORM -> encodeUrl(value, like);
      case JSON -> encodeJson(value, like);
      case HTML -> encodeHtml(value);
    };
  }

  /**
   * Returns the text with its value changed. What the change leaves alone keeps its bytes, but in
   * base64, where every byte depends on its neighbours.
   *
   * @throws IllegalArgumentException when the text is not written in this way
   */
  public String rewrite(String raw, UnaryOperator<String> change) {
    if (isBlock()) {
      String value = decode(raw);
      if (value == null) {
        throw new IllegalArgumentException("coding=" + this);
      }
      String changed = change.apply(value);
      return changed.equals(value) ? raw : encode(changed, raw);
    }
    Escapes.Decoded decoded = Escapes.decode(raw, this);
    String before = decoded.text();
    String now = change.apply(before);
    if (now.equals(before)) {
      return raw;
    }
    Change region = Change.between(before, now);
    return raw.substring(0, decoded.offset(region.from()))
        + encode(now.substring(region.from(), region.nowTo()), raw)
        + raw.substring(decoded.offset(region.to()));
  }

  private boolean isBlock() {
    return this == BASE64 || this == BASE64URL;
  }

  /** Characters that begin an escape; null when there are none. */
  @Nullable String escapes() {
    return switch (this) {
      case PERCENT -> "%";
      case FORM -> "%+";
      case JSON -> "\\";
      case HTML -> "&";
      default -> null;
    };
  }

  private boolean isEscaped(String raw) {
    String escapes = escapes();
    for (int i = 0; escapes != null && i < escapes.length(); i++) {
      if (raw.indexOf(escapes.charAt(i)) >= 0) {
        return true;
      }
    }
    return false;
  }

  private String encodeUrl(String value, String like) {
    boolean lower = like.matches("(?s).*%[0-9A-F]?[a-f].*");
    StringBuilder encoded = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (isAlphanumeric(c) || PLAIN_IN_URLS.indexOf(c) >= 0 || isLiteralHabit(c, like)) {
        encoded.append(c);
      } else if (c == ' ' && this == FORM && !like.contains("%20")) {
        encoded.append('+');
      } else {
        String hex = String.format(Locale.ROOT, "%%%02X", (int) c);
        encoded.append(lower ? hex.toLowerCase(Locale.ROOT) : hex);
      }
    }
    return encoded.toString();
  }

  /** Characters such as = or : that this client does not escape, though others do. */
  private boolean isLiteralHabit(char c, String like) {
    boolean maybe = "=:@!$'()*,;/".indexOf(c) >= 0 || (c == '+' && this == PERCENT);
    return maybe && like.indexOf(c) >= 0;
  }

  private static String encodeJson(String value, String like) {
    boolean slashes = like.contains("\\/");
    boolean markup = like.contains("\\u00");
    StringBuilder encoded = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\' || (slashes && c == '/')) {
        encoded.append('\\').append(c);
      } else if (c < ' ' || (markup && "<>&'=+".indexOf(c) >= 0)) {
        encoded.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        encoded.append(c);
      }
    }
    return encoded.toString();
  }

  private static String encodeHtml(String value) {
    return value
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
