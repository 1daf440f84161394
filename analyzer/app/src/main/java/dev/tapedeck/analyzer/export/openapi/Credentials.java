// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export.openapi;

import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.redact.DefaultRedaction;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JsonGenerator;

/**
 * A way to prove who one is, as requests did.
 *
 * @param kind {@code basic}, {@code bearer} or {@code digest} of HTTP, else where the key stands:
 *     {@code header}, {@code query} or {@code cookie}
 * @param name of what holds the key; empty for those of HTTP
 */
record Credentials(String kind, String name) implements Comparable<Credentials> {
  private static final Set<String> SCHEMES = Set.of("basic", "bearer", "digest");

  /** Names that say which session, form or signature a request is of rather than who sends it. */
  private static final Set<String> NOT_KEYS =
      Set.of("authorization", "cookie", "proxy-authorization", "sec-websocket-key");

  /** Returns what a request shows. */
  static Set<Credentials> of(HttpRequest request, Iterable<Map.Entry<String, String>> query) {
    Set<Credentials> found = new TreeSet<>();
    for (HeaderField field : request.headers().toList()) {
      String name = field.name().strip().toLowerCase(Locale.ROOT);
      if (name.equals("authorization")) {
        int blank = field.value().indexOf(' ');
        String scheme = field.value().substring(0, Math.max(0, blank)).toLowerCase(Locale.ROOT);
        found.add(
            SCHEMES.contains(scheme)
                ? new Credentials(scheme, "")
                : new Credentials("header", "Authorization"));
      } else if (name.equals("cookie")) {
        cookies(field.value(), found);
      } else if (!NOT_KEYS.contains(name) && DefaultRedaction.isSecretHeader(name)) {
        found.add(new Credentials("header", field.name().strip()));
      }
    }
    for (Map.Entry<String, String> parameter : query) {
      if (DefaultRedaction.isSecretParameter(parameter.getKey())) {
        found.add(new Credentials("query", parameter.getKey()));
      }
    }
    return found;
  }

  private static void cookies(String value, Set<Credentials> found) {
    for (String pair : value.split(";", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? "" : pair.substring(0, equals).strip();
      if (DefaultRedaction.isSecretParameter(name)) {
        found.add(new Credentials("cookie", name));
      }
    }
  }

  /** Returns the name in {@code securitySchemes}, which must be of these characters. */
  String id() {
    return (name.isEmpty() ? kind : kind + "-" + name).replaceAll("[^A-Za-z0-9._-]", "_");
  }

  /** Writes the security scheme object. */
  void write(JsonGenerator json) {
    json.writeStartObject();
    if (name.isEmpty()) {
      json.writeStringProperty("type", "http");
      json.writeStringProperty("scheme", kind);
    } else {
      json.writeStringProperty("type", "apiKey");
      json.writeStringProperty("in", kind);
      json.writeStringProperty("name", name);
    }
    json.writeEndObject();
  }

  @Override
  public int compareTo(Credentials other) {
    int byKind = kind.compareTo(other.kind);
    return byKind != 0 ? byKind : name.compareTo(other.name);
  }
}
