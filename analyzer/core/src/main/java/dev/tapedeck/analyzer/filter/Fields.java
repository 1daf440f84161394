// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.filter;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Leg;
import dev.tapedeck.analyzer.Link;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.TlsInfo;
import dev.tapedeck.analyzer.http.GrpcStatus;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.Role;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All fields by name: those of {@code docs/JSON.md} under their names there, nested with dots, and
 * short names for what is asked most.
 */
final class Fields {
  private static final long NANOS_PER_MICRO = 1000;

  /** What its parts are known by. */
  static final String TARGET = "request.target";

  private static final Map<String, Field> BY_NAME = new TreeMap<>();

  static {
    exchange();
    connection();
    new MessageFields(BY_NAME, "request", Exchange::request).add();
    new MessageFields(BY_NAME, "response", Exchange::response).add();
    request();
    response();
    messages();
    aliases();
  }

  private Fields() {}

  /** A text of an exchange; null when it is not known. */
  @FunctionalInterface
  interface Text {
    @Nullable String of(Exchange exchange);
  }

  /** A number of an exchange; null when it is not known. */
  @FunctionalInterface
  interface Whole {
    @Nullable Long of(Exchange exchange);
  }

  /** Returns the field of that name; null when there is none. */
  static @Nullable Field named(String name) {
    return BY_NAME.get(name);
  }

  /** Returns all names in alphabetical order. */
  static Set<String> names() {
    return Collections.unmodifiableSet(BY_NAME.keySet());
  }

  private static void exchange() {
    text("id", FieldType.TEXT, Exchange::id);
    number("session_id", FieldType.NUMBER, 1, e -> (long) e.sessionNumber());
    number("index", FieldType.NUMBER, 1, e -> (long) e.index());
    text("protocol", FieldType.TEXT, e -> orNull(e.protocol()));
    number(
        "stream_id",
        FieldType.NUMBER,
        1,
        e -> {
          Integer streamId = e.streamId();
          return streamId == null ? null : Long.valueOf(streamId);
        });
    words("also_seen_by", Role.values(), (e, test) -> any(e.alsoSeenBy(), Fields::lower, test));
    number("started_ns", FieldType.TIME, 1, Exchange::startedEpochNanos);
    number(
        "first_byte_us",
        FieldType.DURATION,
        NANOS_PER_MICRO,
        e -> since(e, e.firstByteEpochNanos()));
    number("duration_us", FieldType.DURATION, NANOS_PER_MICRO, e -> since(e, e.endedEpochNanos()));
    number("pipelined", FieldType.BOOLEAN, 1, e -> e.pipelined() ? 1L : 0L);
    words(
        "completeness",
        Arrays.stream(Completeness.values()).map(Completeness::jsonName).toList(),
        (e, test) -> test.test(e.completeness().jsonName()));
    words("anomalies", anomalyNames(), (e, test) -> anomaly(e.anomalies(), test));
    words("anomaly", anomalyNames(), Fields::anyAnomaly);
    numbers(
        "interim.status",
        (e, test) -> {
          for (HttpResponse interim : e.interim()) {
            if (test.test(interim.status())) {
              return true;
            }
          }
          return false;
        });
  }

  private static void peer() {
    number(
        "peer_process.pid",
        FieldType.NUMBER,
        1,
        e -> e.connection().peer() == null ? null : Long.valueOf(e.connection().peer().pid()));
    text(
        "peer_process.comm",
        FieldType.TEXT,
        e -> e.connection().peer() == null ? null : orNull(e.connection().peer().comm()));
    text(
        "peer_process.exe",
        FieldType.TEXT,
        e -> e.connection().peer() == null ? null : orNull(e.connection().peer().exe()));
  }

  private static void leg() {
    text("leg_of", FieldType.TEXT, e -> e.leg() == null ? null : e.leg().outerId());
    text("leg.explanation", FieldType.TEXT, e -> e.leg() == null ? null : e.leg().explanation());
    words(
        "leg.method",
        Leg.Method.values(),
        (e, test) -> e.leg() != null && test.test(lower(e.leg().method())));
    words(
        "leg.confidence",
        Link.Confidence.values(),
        (e, test) -> e.leg() != null && test.test(lower(e.leg().confidence())));
    put(
        Field.ofTexts(
            "leg.candidates",
            FieldType.TEXT,
            (e, test) -> e.leg() != null && any(e.leg().outer(), Function.identity(), test)));
  }

  private static void connection() {
    words("scheme", List.of("http", "https"), (e, test) -> test.test(e.connection().scheme()));
    words("role", Role.values(), (e, test) -> test.test(lower(e.connection().role())));
    number("process.pid", FieldType.NUMBER, 1, e -> (long) e.connection().process().pid());
    text("process.comm", FieldType.TEXT, e -> orNull(e.connection().process().comm()));
    text("process.exe", FieldType.TEXT, e -> orNull(e.connection().process().exe()));
    text(
        "process.container_id",
        FieldType.TEXT,
        e -> orNull(e.connection().process().containerId()));
    peer();
    leg();
    endpoint("client", e -> e.connection().client());
    endpoint("server", e -> e.connection().server());
    words(
        "link.method",
        Link.Method.values(),
        (e, test) -> test.test(lower(e.connection().link().method())));
    words(
        "link.confidence",
        Link.Confidence.values(),
        (e, test) -> test.test(lower(e.connection().link().confidence())));
    tls("tls.version", TlsInfo::version);
    tls("tls.cipher", TlsInfo::cipher);
    tls("tls.sni", TlsInfo::sni);
    tls("tls.alpn", TlsInfo::alpn);
    put(
        Field.ofTexts(
            "tls.alpn_offered",
            FieldType.TEXT,
            (e, test) -> {
              TlsInfo tls = e.connection().tls();
              List<String> offered = tls == null ? null : tls.alpnOffered();
              return offered != null && any(offered, Function.identity(), test);
            }));
  }

  private static void request() {
    text("request.method", FieldType.TEXT, e -> ofRequest(e, HttpRequest::method));
    text("request.authority", FieldType.TEXT, e -> ofRequest(e, HttpRequest::authority));
    part("request.target", TARGET, HttpRequest::target, Texts::readable);
    part("path", TARGET, HttpRequest::target, TargetParts::path);
    part("query", TARGET, HttpRequest::target, TargetParts::query);
    part("host", "request.authority", HttpRequest::authority, TargetParts::host);
  }

  private static void response() {
    number(
        "response.status",
        FieldType.NUMBER,
        1,
        e -> {
          HttpResponse response = e.response();
          return response == null || response.status() == 0 ? null : (long) response.status();
        });
    number(
        "response.grpc_status",
        FieldType.NUMBER,
        1,
        e -> {
          GrpcStatus status = e.response() == null ? null : GrpcStatus.of(e.response());
          return status == null ? null : (long) status.code();
        });
    text(
        "response.grpc_message",
        FieldType.TEXT,
        e -> {
          GrpcStatus status = e.response() == null ? null : GrpcStatus.of(e.response());
          return status == null ? null : status.message();
        });
    text(
        "response.reason",
        FieldType.TEXT,
        e -> e.response() == null ? null : Texts.readable(e.response().reason()));
  }

  private static void messages() {
    put(
        Field.ofTexts(
            "messages",
            FieldType.TEXT,
            (e, test) -> any(e.messages(), m -> Texts.ofBytes(m.payload().toBytes()), test)));
    words(
        "messages.kind",
        Arrays.stream(StreamMessage.Kind.values()).map(StreamMessage.Kind::jsonName).toList(),
        (e, test) ->
            e.messages().stream()
                .anyMatch(m -> m.kind() != null && test.test(m.kind().jsonName())));
    words(
        "messages.sender",
        Role.values(),
        (e, test) -> any(e.messages(), m -> lower(m.sender()), test));
  }

  private static void aliases() {
    alias("session", "session_id");
    alias("started", "started_ns");
    withUnit("first_byte", "first_byte_us");
    withUnit("duration", "duration_us");
    alias("pid", "process.pid");
    alias("comm", "process.comm");
    alias("exe", "process.exe");
    alias("sni", "tls.sni");
    alias("alpn", "tls.alpn");
    alias("method", "request.method");
    alias("target", "request.target");
    alias("authority", "request.authority");
    alias("request.path", "path");
    alias("request.query", "query");
    alias("request.host", "host");
    alias("status", "response.status");
    alias("reason", "response.reason");
    either("ip", "client.ip", "server.ip");
    either("port", "client.port", "server.port");
    either("body", "request.body", "response.body");
    either("content_type", "request.content_type", "response.content_type");
    either("body_bytes", "request.body_bytes", "response.body_bytes");
    either("header", "request.headers", "response.headers");
    either("trailer", "request.trailers", "response.trailers");
    alias("headers", "header");
    alias("trailers", "trailer");
    alias("request.header", "request.headers");
    alias("response.header", "response.headers");
    alias("request.trailer", "request.trailers");
    alias("response.trailer", "response.trailers");
  }

  private static void endpoint(String name, Function<Exchange, Endpoint> end) {
    text(name + ".ip", FieldType.ADDRESS, e -> orNull(end.apply(e).address()));
    number(
        name + ".port",
        FieldType.NUMBER,
        1,
        e -> end.apply(e).port() == 0 ? null : (long) end.apply(e).port());
  }

  private static void tls(String name, Function<TlsInfo, @Nullable String> part) {
    text(
        name,
        FieldType.TEXT,
        e -> {
          TlsInfo tls = e.connection().tls();
          return tls == null ? null : part.apply(tls);
        });
  }

  private static void alias(String alias, String name) {
    put(existing(name).named(alias));
  }

  /** Of a name that does not say its unit, numbers have to. */
  private static void withUnit(String alias, String name) {
    put(existing(name).named(alias).withUnit());
  }

  private static void either(String name, String one, String other) {
    put(Field.ofEither(name, existing(one), existing(other)));
  }

  private static Field existing(String name) {
    Field field = BY_NAME.get(name);
    if (field == null) {
      throw new IllegalStateException("name=" + name);
    }
    return field;
  }

  private static void put(Field field) {
    BY_NAME.put(field.name(), field);
  }

  private static void number(String name, FieldType type, long plainUnit, Whole value) {
    put(
        Field.ofNumbers(
            name,
            type,
            plainUnit,
            (e, test) -> {
              Long number = value.of(e);
              return number != null && test.test(number);
            }));
  }

  private static void numbers(String name, Field.NumberValues values) {
    put(Field.ofNumbers(name, FieldType.NUMBER, 1, values));
  }

  private static void text(String name, FieldType type, Text value) {
    put(
        Field.ofTexts(
            name,
            type,
            (e, test) -> {
              String text = value.of(e);
              return text != null && test.test(text);
            }));
  }

  /** A field that is a part of a text of the request. */
  private static void part(
      String name,
      String whole,
      Function<HttpRequest, @Nullable String> wholeOf,
      Function<String, @Nullable String> part) {
    Field.TextPart any =
        (text, test) -> {
          String found = part.apply(text);
          return found != null && test.test(found);
        };
    put(
        Field.ofTexts(
                name,
                FieldType.TEXT,
                (e, test) -> {
                  String text = ofRequest(e, wholeOf);
                  return text != null && any.any(text, test);
                })
            .partOf(whole, any));
  }

  private static void words(String name, Enum<?>[] words, Field.TextValues values) {
    words(name, Arrays.stream(words).map(Fields::lower).toList(), values);
  }

  private static void words(String name, List<String> words, Field.TextValues values) {
    put(Field.ofWords(name, words, values));
  }

  private static boolean anyAnomaly(Exchange exchange, Predicate<String> test) {
    HttpRequest request = exchange.request();
    HttpResponse response = exchange.response();
    return anomaly(exchange.anomalies(), test)
        || (request != null
            && (anomaly(request.anomalies(), test) || anomaly(request.body().anomalies(), test)))
        || (response != null
            && (anomaly(response.anomalies(), test) || anomaly(response.body().anomalies(), test)));
  }

  /** Returns whether the kind of one of the anomalies passes. */
  static boolean anomaly(List<Anomaly> anomalies, Predicate<String> test) {
    return any(anomalies, anomaly -> anomaly.kind().jsonName(), test);
  }

  static List<String> anomalyNames() {
    return Arrays.stream(AnomalyKind.values()).map(AnomalyKind::jsonName).toList();
  }

  private static <T> boolean any(
      Iterable<T> values, Function<T, String> name, Predicate<String> test) {
    for (T value : values) {
      if (test.test(name.apply(value))) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable String ofRequest(
      Exchange exchange, Function<HttpRequest, @Nullable String> part) {
    HttpRequest request = exchange.request();
    return request == null ? null : part.apply(request);
  }

  private static @Nullable Long since(Exchange exchange, @Nullable Long epochNanos) {
    return epochNanos == null ? null : Long.valueOf(epochNanos - exchange.startedEpochNanos());
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
