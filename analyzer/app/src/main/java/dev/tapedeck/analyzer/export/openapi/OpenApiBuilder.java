// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export.openapi;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.endpoint.EndpointKey;
import dev.tapedeck.analyzer.endpoint.Endpoints;
import dev.tapedeck.analyzer.export.Json;
import dev.tapedeck.analyzer.export.RequestUrl;
import dev.tapedeck.analyzer.redact.ExchangeMasker;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.core.JsonGenerator;

/**
 * Infers an OpenAPI 3.1 document from exchanges: what was seen, not what a service promises.
 *
 * <p><b>Lifecycle:</b> {@link #add} for each exchange, then {@link #write}. <b>Threads:</b>
 * confined to one. <b>Limits:</b> {@value #MAX_OPERATIONS} operations; of each the merged schemas
 * are in memory, no bodies. <b>Deterministic:</b> operations are in the order of their paths.
 */
public final class OpenApiBuilder {
  private static final int MAX_OPERATIONS = 10_000;

  /** Those that a path item object may have (OpenAPI 3.1, section 4.8.9). */
  private static final Set<String> METHODS =
      Set.of("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE");

  private final Endpoints endpoints;
  private final ExchangeMasker masker;
  private final Map<String, Map<String, ObservedOperation>> paths = new TreeMap<>();
  private final Set<String> origins = new TreeSet<>();
  private int operations;
  private long leftOut;

  /**
   * Starts a document.
   *
   * @param endpoints path templates, learned from the same exchanges
   * @param masker takes secrets out, so that examples have none
   */
  public OpenApiBuilder(Endpoints endpoints, ExchangeMasker masker) {
    this.endpoints = endpoints;
    this.masker = masker;
  }

  /** Notes an exchange. */
  public void add(Exchange exchange) {
    Exchange shared = masker.mask(exchange);
    HttpRequest request = shared.request();
    EndpointKey key = endpoints.of(shared);
    if (request == null
        || key == null
        || !METHODS.contains(request.method())
        || !key.template().startsWith("/")) {
      leftOut++;
      return;
    }
    Map<String, ObservedOperation> path =
        paths.computeIfAbsent(key.template(), unused -> new TreeMap<>());
    String method = request.method().toLowerCase(Locale.ROOT);
    ObservedOperation operation = path.get(method);
    if (operation == null) {
      if (operations >= MAX_OPERATIONS) {
        leftOut++;
        return;
      }
      operations++;
      operation = new ObservedOperation(key.parameters());
      path.put(method, operation);
    }
    String origin = RequestUrl.of(shared.connection(), request).origin();
    boolean plain = origin.matches("[A-Za-z0-9:/.\\[\\]_-]+");
    String known = plain ? origin.toLowerCase(Locale.ROOT) : "/";
    origins.add(known);
    operation.add(shared, request, known);
  }

  /** Returns how many exchanges are in no operation. */
  public long leftOut() {
    return leftOut;
  }

  /** Writes the document. */
  public void write(OutputStream out) throws IOException {
    Json.pretty(out, this::document);
  }

  private void document(JsonGenerator json) {
    json.writeStartObject();
    json.writeStringProperty("openapi", "3.1.0");
    json.writeObjectPropertyStart("info");
    json.writeStringProperty("title", "Observed API");
    json.writeStringProperty(
        "description", "Inferred from recorded traffic: what was seen, not what is promised.");
    json.writeStringProperty("version", "0");
    json.writeEndObject();
    if (!origins.isEmpty()) {
      servers(json, origins);
    }
    json.writeObjectPropertyStart("paths");
    Set<String> ids = new HashSet<>();
    Set<Credentials> credentials = new TreeSet<>();
    for (Map.Entry<String, Map<String, ObservedOperation>> path : paths.entrySet()) {
      json.writeObjectPropertyStart(path.getKey());
      Set<String> own = new TreeSet<>();
      for (Map.Entry<String, ObservedOperation> operation : path.getValue().entrySet()) {
        own.addAll(operation.getValue().origins());
        credentials.addAll(operation.getValue().credentials());
      }
      if (!own.equals(origins)) {
        servers(json, own);
      }
      for (Map.Entry<String, ObservedOperation> operation : path.getValue().entrySet()) {
        json.writeName(operation.getKey());
        operation.getValue().write(json, id(operation.getKey(), path.getKey(), ids));
      }
      json.writeEndObject();
    }
    json.writeEndObject();
    if (!credentials.isEmpty()) {
      json.writeObjectPropertyStart("components");
      json.writeObjectPropertyStart("securitySchemes");
      Set<String> written = new HashSet<>();
      for (Credentials one : credentials) {
        if (written.add(one.id())) {
          json.writeName(one.id());
          one.write(json);
        }
      }
      json.writeEndObject();
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeRaw('\n');
  }

  private static void servers(JsonGenerator json, Set<String> urls) {
    json.writeArrayPropertyStart("servers");
    for (String url : urls) {
      json.writeStartObject();
      json.writeStringProperty("url", url);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Returns a name for generated code: {@code getOrdersId}. */
  private static String id(String method, String template, Set<String> taken) {
    StringBuilder id = new StringBuilder(method);
    for (String word : template.split("[^A-Za-z0-9]+", -1)) {
      if (!word.isEmpty()) {
        id.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
      }
    }
    String base = id.toString();
    String unique = base;
    for (int i = 2; !taken.add(unique); i++) {
      unique = base + i;
    }
    return unique;
  }
}
