// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.filter;

import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.http.BodyDigest;
import dev.tapedeck.analyzer.http.BodyText;
import dev.tapedeck.analyzer.redact.PercentCoding;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The fields that requests and answers both have, and those that are named by a key. */
final class MessageFields {
  /** What can be asked for by key: {@code header["x"]}, or {@code request.headers.x}. */
  static final List<String> KEYED =
      List.of(
          "header",
          "headers",
          "trailer",
          "trailers",
          "request.header",
          "request.headers",
          "request.trailer",
          "request.trailers",
          "response.header",
          "response.headers",
          "response.trailer",
          "response.trailers",
          "query",
          "request.query");

  private final Map<String, Field> fields;
  private final String prefix;
  private final Of message;

  MessageFields(Map<String, Field> fields, String prefix, Of message) {
    this.fields = fields;
    this.prefix = prefix;
    this.message = message;
  }

  /** Where the message is found; null when it was not captured. */
  @FunctionalInterface
  interface Of {
    @Nullable HttpMessage of(Exchange exchange);
  }

  void add() {
    text("version", m -> m.version().isEmpty() ? null : m.version());
    text("content_type", BodyText::contentType);
    text("body", MessageFields::body);
    text("body_sha256", BodyDigest::sha256);
    size("body_bytes", m -> m.body().content().length());
    size("wire_body_bytes", m -> m.body().wire().length());
    size("head_bytes", m -> m.head().length());
    number("started_ns", FieldType.TIME, m -> m.span().firstEpochNanos());
    number("ended_ns", FieldType.TIME, m -> m.span().lastEpochNanos());
    words(
        "framing",
        Arrays.stream(Body.Framing.values()).map(Fields::lower).toList(),
        (m, test) -> test.test(Fields.lower(m.body().framing())));
    words(
        "completeness",
        Arrays.stream(Completeness.values()).map(Completeness::jsonName).toList(),
        (m, test) -> test.test(m.completeness().jsonName()));
    words(
        "anomalies",
        Fields.anomalyNames(),
        (m, test) ->
            Fields.anomaly(m.anomalies(), test) || Fields.anomaly(m.body().anomalies(), test));
    put(Field.ofTexts(prefix + ".headers", FieldType.TEXT, lines(HttpMessage::headers)));
    put(Field.ofTexts(prefix + ".trailers", FieldType.TEXT, lines(HttpMessage::trailers)));
  }

  /**
   * Returns the field of a key.
   *
   * @param name one of {@link #KEYED}
   * @param key of header fields in any case; of parameters as decoded
   */
  static Field keyed(String name, String key) {
    String full = name + "[\"" + key + "\"]";
    if (name.endsWith("query")) {
      return Field.ofTexts(
              full,
              FieldType.TEXT,
              (e, test) -> {
                HttpRequest request = e.request();
                return request != null && parameter(request.target(), key, test);
              })
          .partOf(Fields.TARGET, (target, test) -> parameter(target, key, test));
    }
    boolean trailers = name.contains("trailer");
    Function<HttpMessage, HeaderFields> section =
        trailers ? HttpMessage::trailers : HttpMessage::headers;
    boolean requests = !name.startsWith("response");
    boolean responses = !name.startsWith("request");
    return Field.ofTexts(
        full,
        FieldType.TEXT,
        (e, test) ->
            (requests && value(e.request(), section, key, test))
                || (responses && value(e.response(), section, key, test)));
  }

  private static boolean value(
      @Nullable HttpMessage message,
      Function<HttpMessage, HeaderFields> section,
      String key,
      Predicate<String> test) {
    if (message == null) {
      return false;
    }
    for (HeaderField field : section.apply(message).all(key)) {
      if (test.test(Texts.readable(field.value()))) {
        return true;
      }
    }
    return false;
  }

  private static boolean parameter(String target, String key, Predicate<String> test) {
    String query = TargetParts.query(target);
    if (query == null) {
      return false;
    }
    for (String parameter : query.split("&", -1)) {
      int equals = parameter.indexOf('=');
      String name = equals < 0 ? parameter : parameter.substring(0, equals);
      if (PercentCoding.decode(name).equals(key)
          && test.test(PercentCoding.decode(parameter.substring(equals + 1)))) {
        return true;
      }
    }
    return false;
  }

  /** Each field as a line {@code Name: value}. */
  private Field.TextValues lines(Function<HttpMessage, HeaderFields> section) {
    return (e, test) -> {
      HttpMessage found = message.of(e);
      if (found == null) {
        return false;
      }
      HeaderFields headers = section.apply(found);
      for (int i = 0; i < headers.size(); i++) {
        HeaderField field = headers.get(i);
        if (test.test(field.name() + ": " + Texts.readable(field.value()))) {
          return true;
        }
      }
      return false;
    };
  }

  /** Decodes only here: most filters name no body. */
  private static @Nullable String body(HttpMessage message) {
    if (message.body().framing() == Body.Framing.NONE) {
      return null;
    }
    return Texts.ofBody(message);
  }

  private interface OfMessage<T> {
    @Nullable T of(HttpMessage message);
  }

  private interface AnyOfMessage {
    boolean any(HttpMessage message, Predicate<String> test);
  }

  private void text(String name, OfMessage<String> value) {
    put(
        Field.ofTexts(
            prefix + "." + name,
            FieldType.TEXT,
            (e, test) -> {
              HttpMessage found = message.of(e);
              String text = found == null ? null : value.of(found);
              return text != null && test.test(text);
            }));
  }

  private void words(String name, List<String> words, AnyOfMessage values) {
    put(
        Field.ofWords(
            prefix + "." + name,
            words,
            (e, test) -> {
              HttpMessage found = message.of(e);
              return found != null && values.any(found, test);
            }));
  }

  private interface LongOfMessage {
    long of(HttpMessage message);
  }

  private void size(String name, LongOfMessage value) {
    number(name, FieldType.SIZE, value);
  }

  private void number(String name, FieldType type, LongOfMessage value) {
    put(
        Field.ofNumbers(
            prefix + "." + name,
            type,
            1,
            (e, test) -> {
              HttpMessage found = message.of(e);
              return found != null && test.test(value.of(found));
            }));
  }

  private void put(Field field) {
    fields.put(field.name(), field);
  }
}
