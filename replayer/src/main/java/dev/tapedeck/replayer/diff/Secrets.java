// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Masks what lets somebody in, so that reports can be passed on. */
final class Secrets {
  private static final Set<String> HEADERS =
      Set.of(
          "authorization",
          "proxy-authorization",
          "cookie",
          "set-cookie",
          "www-authenticate",
          "authentication-info",
          "x-api-key",
          "x-auth-token",
          "x-csrf-token",
          "x-xsrf-token");

  private static final Set<String> MEMBERS =
      Set.of(
          "password",
          "passwd",
          "secret",
          "clientsecret",
          "token",
          "accesstoken",
          "refreshtoken",
          "idtoken",
          "csrftoken",
          "sessionid",
          "apikey",
          "authorization",
          "privatekey");

  private final boolean shown;

  /**
   * Creates a mask.
   *
   * @param shown true when nothing is masked
   */
  Secrets(boolean shown) {
    this.shown = shown;
  }

  /** Returns the value, masked when the header's name says that it is a secret. */
  String header(String name, String value) {
    return HEADERS.contains(name.toLowerCase(Locale.ROOT)) ? mask(value) : value;
  }

  /** Returns the JSON value with everything masked whose member name says that it is a secret. */
  JsonNode json(String name, JsonNode value) {
    if (shown) {
      return value;
    }
    if (value.isObject()) {
      ObjectNode masked = JsonNodeFactory.instance.objectNode();
      value.properties().forEach(m -> masked.set(m.getKey(), json(m.getKey(), m.getValue())));
      return masked;
    }
    if (value.isArray()) {
      ArrayNode masked = JsonNodeFactory.instance.arrayNode();
      value.forEach(element -> masked.add(json(name, element)));
      return masked;
    }
    String plain = name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    boolean secret = MEMBERS.contains(plain) && !value.isNull() && !value.isBoolean();
    return secret ? StringNode.valueOf(mask(value.asString())) : value;
  }

  /** Returns the value's length in its place. */
  String mask(String value) {
    return shown ? value : "<masked, " + value.length() + " characters>";
  }
}
