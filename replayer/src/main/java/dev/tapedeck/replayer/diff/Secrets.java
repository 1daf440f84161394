// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.analyzer.redact.TextMasker;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Masks what lets somebody in, so that reports can be passed on: by the rules of the analyzer's
 * exports, so that one set of names and shapes holds for all.
 */
final class Secrets {
  /** Answers about credentials, which may hold nonces and tokens. */
  private static final Set<String> MORE_HEADERS = Set.of("www-authenticate", "authentication-info");

  /** How much of a text is looked through, since no more of it is shown. */
  private static final int MAX_LOOKED_THROUGH = 8 * Clip.MAX_CHARS;

  private final boolean shown;

  /**
   * Creates a mask.
   *
   * @param shown true when nothing is masked
   */
  Secrets(boolean shown) {
    this.shown = shown;
  }

  /**
   * Returns whether all that a field, member, element or attribute of that name holds is masked.
   */
  boolean hides(String name) {
    return !shown && TextMasker.isSecretName(name);
  }

  /** Returns whether the field's whole value is masked. */
  boolean hidesField(String name) {
    return hides(name) || (!shown && MORE_HEADERS.contains(name.toLowerCase(Locale.ROOT)));
  }

  /** Returns the beginning of a JSON value, of whose members the secret ones are masked. */
  String json(String name, JsonNode value) {
    String json = masked(hides(name), value).toString();
    return shown ? Clip.text(json) : Clip.text(TextMasker.json(looked(json)), json.length());
  }

  /** Returns the beginning of a JSON value that stands below a secret name. */
  String secretJson(JsonNode value) {
    return Clip.text(masked(!shown, value).toString());
  }

  private JsonNode masked(boolean secret, JsonNode value) {
    Settled settled = Settled.of(value);
    if (settled != null) {
      return masked(secret, settled.value());
    } else if (value.isObject()) {
      ObjectNode masked = JsonNodeFactory.instance.objectNode();
      value
          .properties()
          .forEach(m -> masked.set(m.getKey(), masked(secret || hides(m.getKey()), m.getValue())));
      return masked;
    } else if (value.isArray()) {
      ArrayNode masked = JsonNodeFactory.instance.arrayNode();
      value.forEach(element -> masked.add(masked(secret, element)));
      return masked;
    }
    return secret && !value.isNull() && !value.isBoolean()
        ? StringNode.valueOf(mask(value.asString()))
        : value;
  }

  /** Returns the beginning of a text, without the secrets that it names; null for null. */
  @Nullable String text(@Nullable String text) {
    if (text == null) {
      return null;
    }
    return shown ? Clip.text(text) : Clip.text(TextMasker.text(looked(text)), text.length());
  }

  /** Returns the beginning of a field's value that may be a URL. */
  String field(String value) {
    return shown ? Clip.text(value) : Clip.text(TextMasker.field(looked(value)), value.length());
  }

  private static String looked(String text) {
    return text.substring(0, Math.min(text.length(), MAX_LOOKED_THROUGH));
  }

  /** Returns the value's length in its place. */
  String mask(String value) {
    return shown ? value : "<masked, " + value.length() + " characters>";
  }
}
