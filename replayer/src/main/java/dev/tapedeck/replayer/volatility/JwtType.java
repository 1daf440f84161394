// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.volatility;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON Web Token in compact form (RFC 7519). Its header and claims are compared as JSON; the
 * registered claims that tell a time or a number of the token may change.
 *
 * @param within how far the times may be from where they were
 */
public record JwtType(Duration within) implements ValueType {
  /** How far the times of a token may be from where they were, when rules do not say. */
  public static final Duration DEFAULT_WITHIN = Duration.ofMinutes(10);

  /** RFC 7519, section 4.1, and OpenID Connect Core, section 2. */
  public static final List<String> TIME_CLAIMS = List.of("iat", "nbf", "exp", "auth_time");

  /** RFC 7519, section 4.1.7. */
  public static final String ID_CLAIM = "jti";

  private static final int PARTS = 3;
  private static final JsonMapper JSON = new JsonMapper();

  @Override
  public String name() {
    return "jwt";
  }

  @Override
  public boolean fits(String text) {
    return decode(text) != null;
  }

  /** Returns header and claims as members of an object; null when the text is no token. */
  public static @Nullable ObjectNode decode(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != PARTS || !parts[0].startsWith("ey")) {
      return null;
    }
    JsonNode header = json(parts[0]);
    JsonNode claims = json(parts[1]);
    if (header == null || claims == null || !header.has("alg")) {
      return null;
    }
    ObjectNode token = JsonNodeFactory.instance.objectNode();
    token.set("header", header);
    token.set("claims", claims);
    return token;
  }

  private static @Nullable JsonNode json(String part) {
    try {
      byte[] text = Base64.getUrlDecoder().decode(part.getBytes(StandardCharsets.US_ASCII));
      JsonNode node = JSON.readTree(text);
      return node.isObject() ? node : null;
    } catch (IllegalArgumentException | JacksonException e) {
      return null; // no token; what it is instead is compared as a text
    }
  }
}
