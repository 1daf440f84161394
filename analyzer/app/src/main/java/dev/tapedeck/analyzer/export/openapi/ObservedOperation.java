// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export.openapi;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.endpoint.PathParameter;
import dev.tapedeck.analyzer.redact.DefaultRedaction;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;

/**
 * All requests of one method to one path template, with their answers.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class ObservedOperation {
  private static final int MAX_PARAMETERS = 100;
  private static final int MAX_SECURITY = 16;

  private final List<PathParameter> path;
  private final Map<String, Parameter> query = new TreeMap<>();
  private final Map<String, Parameter> headers = new TreeMap<>();
  private final Map<Integer, Answer> answers = new TreeMap<>();
  private final ObservedContent body = new ObservedContent();
  private final Set<Set<Credentials>> security = new HashSet<>();
  private final Set<String> origins = new TreeSet<>();
  private long requests;
  private long bodies;

  ObservedOperation(List<PathParameter> path) {
    this.path = path;
  }

  private static final class Parameter {
    private final SchemaSketch schema = new SchemaSketch();
    private String name = "";
    private long requests;
    private boolean repeats;
  }

  private static final class Answer {
    private final ObservedContent content = new ObservedContent();
    private String reason = "";
    private long count;
  }

  /** Notes an exchange. */
  void add(Exchange exchange, HttpRequest request, String origin) {
    requests++;
    origins.add(origin);
    String target = request.target();
    int mark = target.indexOf('?');
    int fragment = target.indexOf('#');
    List<Map.Entry<String, String>> parameters =
        mark < 0
            ? List.of()
            : ObservedContent.fields(
                target.substring(mark + 1, fragment > mark ? fragment : target.length()));
    Set<String> seen = new HashSet<>();
    for (Map.Entry<String, String> parameter : parameters) {
      if (!DefaultRedaction.isSecretParameter(parameter.getKey())) {
        note(query, parameter.getKey(), parameter.getKey(), parameter.getValue(), seen);
      }
    }
    seen.clear();
    for (HeaderField field : request.headers().toList()) {
      String name = field.name().toLowerCase(Locale.ROOT);
      boolean own =
          name.startsWith("x-") && !name.startsWith("x-forwarded-") && !name.equals("x-real-ip");
      if (own && !DefaultRedaction.isSecretHeader(name) && name.matches("[a-z0-9-]+")) {
        note(headers, name, field.name(), field.value(), seen);
      }
    }
    bodies += body.add(request) ? 1 : 0;
    Set<Credentials> shown = Credentials.of(request, parameters);
    HttpResponse response = exchange.response();
    int status = response == null ? 0 : response.status();
    // Who was refused has not shown what is needed.
    if (status < 400 && security.size() < MAX_SECURITY) {
      security.add(shown);
    }
    if (response != null && status >= 100 && status <= 599) {
      Answer answer = answers.computeIfAbsent(status, unused -> new Answer());
      answer.count++;
      answer.reason = answer.reason.isEmpty() ? response.reason() : answer.reason;
      if (!request.method().equals("HEAD")) {
        answer.content.add(response);
      }
    }
  }

  private static void note(
      Map<String, Parameter> all, String key, String name, String value, Set<String> seen) {
    if (all.size() >= MAX_PARAMETERS && !all.containsKey(key)) {
      return;
    }
    Parameter parameter = all.computeIfAbsent(key, unused -> new Parameter());
    parameter.name = parameter.name.isEmpty() ? name : parameter.name;
    if (seen.add(key)) {
      parameter.requests++;
    } else {
      parameter.repeats = true;
    }
    parameter.schema.text(value);
  }

  Set<String> origins() {
    return origins;
  }

  Set<Credentials> credentials() {
    return security.stream().flatMap(Set::stream).collect(Collectors.toCollection(TreeSet::new));
  }

  /** Writes the operation object. */
  void write(JsonGenerator json, String id) {
    json.writeStartObject();
    json.writeStringProperty("operationId", id);
    json.writeStringProperty(
        "description", "Seen " + requests + (requests == 1 ? " time." : " times."));
    if (!path.isEmpty() || !query.isEmpty() || !headers.isEmpty()) {
      json.writeArrayPropertyStart("parameters");
      path.forEach(parameter -> path(json, parameter));
      query.values().forEach(parameter -> parameter(json, parameter, "query"));
      headers.values().forEach(parameter -> parameter(json, parameter, "header"));
      json.writeEndArray();
    }
    if (!body.isEmpty()) {
      json.writeObjectPropertyStart("requestBody");
      body.write(json);
      json.writeBooleanProperty("required", bodies == requests);
      json.writeEndObject();
    }
    json.writeObjectPropertyStart("responses");
    if (answers.isEmpty()) {
      json.writeObjectPropertyStart("default");
      json.writeStringProperty("description", "No answer was captured.");
      json.writeEndObject();
    }
    for (Map.Entry<Integer, Answer> answer : answers.entrySet()) {
      json.writeObjectPropertyStart(answer.getKey().toString());
      String reason = answer.getValue().reason;
      long count = answer.getValue().count;
      json.writeStringProperty(
          "description",
          (reason.isEmpty() ? "" : reason + ": ")
              + "seen "
              + count
              + (count == 1 ? " time." : " times."));
      if (!answer.getValue().content.isEmpty()) {
        answer.getValue().content.write(json);
      }
      json.writeEndObject();
    }
    json.writeEndObject();
    security(json);
    json.writeEndObject();
  }

  private static void path(JsonGenerator json, PathParameter parameter) {
    json.writeStartObject();
    json.writeStringProperty("name", parameter.name());
    json.writeStringProperty("in", "path");
    json.writeBooleanProperty("required", true);
    json.writeObjectPropertyStart("schema");
    switch (parameter.kind()) {
      case INTEGER -> json.writeStringProperty("type", "integer");
      case NUMBER -> json.writeStringProperty("type", "number");
      default -> json.writeStringProperty("type", "string");
    }
    switch (parameter.kind()) {
      case UUID -> json.writeStringProperty("format", "uuid");
      case EMAIL -> json.writeStringProperty("format", "email");
      default -> {
        // The others have no name in the registry of formats, or may be one of several.
      }
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private void parameter(JsonGenerator json, Parameter parameter, String in) {
    json.writeStartObject();
    json.writeStringProperty("name", parameter.name);
    json.writeStringProperty("in", in);
    json.writeBooleanProperty("required", parameter.requests == requests);
    json.writeName("schema");
    if (parameter.repeats) {
      json.writeStartObject();
      json.writeStringProperty("type", "array");
      json.writeName("items");
      parameter.schema.write(json);
      json.writeEndObject();
    } else {
      parameter.schema.write(json);
    }
    json.writeEndObject();
  }

  private void security(JsonGenerator json) {
    if (credentials().isEmpty()) {
      return;
    }
    json.writeArrayPropertyStart("security");
    security.stream()
        .map(set -> set.stream().map(Credentials::id).sorted().toList())
        .sorted((a, b) -> a.toString().compareTo(b.toString()))
        .forEach(
            ids -> {
              json.writeStartObject();
              for (String id : ids) {
                json.writeArrayPropertyStart(id);
                json.writeEndArray();
              }
              json.writeEndObject();
            });
    json.writeEndArray();
  }
}
