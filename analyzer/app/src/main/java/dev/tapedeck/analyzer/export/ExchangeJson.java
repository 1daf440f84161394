// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.ByteAccounting;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Leg;
import dev.tapedeck.analyzer.Link;
import dev.tapedeck.analyzer.LinkEvidence;
import dev.tapedeck.analyzer.ProcessInfo;
import dev.tapedeck.analyzer.ProxyHeader;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.TlsInfo;
import dev.tapedeck.analyzer.http.BodyText;
import dev.tapedeck.analyzer.http.GrpcStatus;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.Role;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.exc.JacksonIOException;

/**
 * Writes sessions and exchanges as JSON objects; {@code docs/JSON.md} describes every field.
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> the caller closes the generator.
 */
public final class ExchangeJson {
  private static final long NANOS_PER_MICRO = 1000;

  private final JsonGenerator json;
  private final BodyJson bodies;

  /** Writes to {@code json}, of bodies as much as {@code bodies} says. */
  public ExchangeJson(JsonGenerator json, BodyMode bodies) {
    this.json = json;
    this.bodies = new BodyJson(json, bodies);
  }

  /** Writes one exchange. */
  public void exchange(CaptureRef capture, Exchange exchange) {
    json.writeStartObject();
    json.writeStringProperty("id", capture.qualify(exchange.id()));
    if (capture.file() != null) {
      json.writeStringProperty("file", capture.file());
    }
    json.writeStringProperty(
        "session_id", capture.qualify(Integer.toString(exchange.sessionNumber())));
    json.writeNumberProperty("index", exchange.index());
    Json.known(json, "protocol", exchange.protocol());
    if (exchange.streamId() != null) {
      json.writeNumberProperty("stream_id", exchange.streamId());
    }
    connection(exchange.connection());
    roles("also_seen_by", exchange.alsoSeenBy());
    leg(capture, exchange.leg());
    json.writeNumberProperty("started_ns", exchange.startedEpochNanos());
    Json.number(json, "first_byte_us", microsSinceStart(exchange, exchange.firstByteEpochNanos()));
    Json.number(json, "duration_us", microsSinceStart(exchange, exchange.endedEpochNanos()));
    json.writeBooleanProperty("pipelined", exchange.pipelined());
    request(exchange.request());
    response(exchange.response());
    json.writeArrayPropertyStart("interim");
    for (HttpResponse interim : exchange.interim()) {
      json.writeStartObject();
      json.writeNumberProperty("status", interim.status());
      headers("headers", interim.headers());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeStringProperty("completeness", exchange.completeness().jsonName());
    anomalies(exchange.anomalies());
    json.writeArrayPropertyStart("messages");
    for (StreamMessage message : exchange.messages()) {
      streamMessage(message);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void streamMessage(StreamMessage message) {
    json.writeStartObject();
    json.writeStringProperty("from", lower(message.sender()));
    Json.string(json, "kind", message.kind() == null ? null : message.kind().jsonName());
    json.writeNumberProperty("offset", message.span().from());
    json.writeNumberProperty("started_ns", message.span().firstEpochNanos());
    json.writeNumberProperty("ended_ns", message.span().lastEpochNanos());
    json.writeNumberProperty("frames", message.frames());
    json.writeBooleanProperty("compressed", message.compressed());
    bodies.write(message);
    if (message.kind() == StreamMessage.Kind.CLOSE) {
      Integer code = message.closeCode();
      Json.number(json, "close_code", code == null ? null : Long.valueOf(code));
    } else if (message.kind() == StreamMessage.Kind.EVENT) {
      Json.string(json, "event", message.eventName());
      Json.string(json, "event_id", message.eventId());
      Json.number(json, "retry_ms", message.retryMillis());
    }
    json.writeStringProperty("completeness", message.completeness().jsonName());
    anomalies(message.anomalies());
    json.writeEndObject();
  }

  /** Writes the exchanges of a session, with commas between them. */
  @FunctionalInterface
  public interface Exchanges {
    /** Writes to where the session is written. */
    void write() throws IOException;
  }

  /**
   * Writes one session.
   *
   * @param exchanges writes its exchanges
   */
  public void session(CaptureRef capture, SessionSummary session, Exchanges exchanges) {
    ConnectionInfo connection = session.connection();
    json.writeStartObject();
    json.writeStringProperty("id", capture.qualify(session.id()));
    if (capture.file() != null) {
      json.writeStringProperty("file", capture.file());
    }
    connection(connection);
    Json.known(json, "link_explanation", connection.link().explanation());
    linkEvidence(connection.link());
    Json.number(
        json, "socket", connection.connection() == null ? null : connection.connection().socket());
    Json.number(json, "netns", connection.netns() == 0 ? null : connection.netns());
    Json.number(json, "opened_ns", connection.openedEpochNanos());
    Json.number(json, "closed_ns", connection.closedEpochNanos());
    json.writeObjectPropertyStart("accounting");
    account("egress", session.accounting().egress());
    account("ingress", session.accounting().ingress());
    json.writeEndObject();
    json.writeNumberProperty("lost_bytes", session.accounting().lostBytes());
    json.writeNumberProperty("skipped_bytes", session.coverage().cutBytes());
    new CoverageJson(json).write(session.coverage());
    anomalies(session.anomalies());
    json.writeNumberProperty("exchange_count", session.exchanges());
    json.writeArrayPropertyStart("exchanges");
    try {
      exchanges.write();
    } catch (IOException e) {
      throw JacksonIOException.construct(e);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /** Writes what exchanges and sessions both say of their connection. */
  void connection(ConnectionInfo connection) {
    json.writeStringProperty("scheme", connection.scheme());
    json.writeStringProperty("role", lower(connection.role()));
    process("process", connection.process());
    if (connection.peer() != null) {
      process("peer_process", connection.peer());
    }
    endpoint("client", connection.client());
    endpoint("server", connection.server());
    if (connection.proxy() != null) {
      proxy(connection.proxy());
    }
    Link link = connection.link();
    json.writeObjectPropertyStart("link");
    json.writeStringProperty("method", lower(link.method()));
    json.writeStringProperty("confidence", lower(link.confidence()));
    json.writeEndObject();
    if (connection.tls() != null) {
      tls(connection.tls());
    }
  }

  private void process(String name, ProcessInfo process) {
    json.writeObjectPropertyStart(name);
    // Imports know of no process; 0 is the number of none.
    Json.number(json, "pid", process.pid() == 0 ? null : Long.valueOf(process.pid()));
    Json.known(json, "comm", process.comm());
    Json.known(json, "exe", process.exe());
    if (!process.containerId().isEmpty()) {
      json.writeStringProperty("container_id", process.containerId());
    }
    json.writeEndObject();
  }

  private void leg(CaptureRef capture, @Nullable Leg leg) {
    String outer = leg == null ? null : leg.outerId();
    Json.string(json, "leg_of", outer == null ? null : capture.qualify(outer));
    if (leg == null) {
      return;
    }
    json.writeObjectPropertyStart("leg");
    json.writeStringProperty("method", leg.method().jsonName());
    json.writeStringProperty("confidence", lower(leg.confidence()));
    json.writeStringProperty("explanation", leg.explanation());
    json.writeArrayPropertyStart("candidates");
    for (String id : leg.outer()) {
      json.writeString(capture.qualify(id));
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void linkEvidence(Link link) {
    json.writeArrayPropertyStart("link_evidence");
    for (LinkEvidence evidence : link.evidence()) {
      json.writeStartObject();
      json.writeStringProperty("side", evidence.side().jsonName());
      Json.number(json, "time_ns", evidence.epochNanos());
      json.writeStringProperty("text", evidence.text());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void tls(TlsInfo tls) {
    json.writeObjectPropertyStart("tls");
    Json.string(json, "version", tls.version());
    Json.string(json, "cipher", tls.cipher());
    Json.string(json, "sni", tls.sni());
    Json.string(json, "alpn", tls.alpn());
    List<String> offered = tls.alpnOffered();
    if (offered == null) {
      json.writeNullProperty("alpn_offered");
    } else {
      json.writeArrayPropertyStart("alpn_offered");
      for (String protocol : offered) {
        json.writeString(protocol);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  /** Writes {@code anomalies}. */
  void anomalies(List<Anomaly> anomalies) {
    json.writeArrayPropertyStart("anomalies");
    for (Anomaly anomaly : anomalies) {
      anomaly(anomaly);
    }
    json.writeEndArray();
  }

  /** Writes header or trailer fields as pairs. */
  void headers(String name, HeaderFields fields) {
    json.writeArrayPropertyStart(name);
    for (int i = 0; i < fields.size(); i++) {
      json.writeStartArray();
      HeaderField field = fields.get(i);
      knownText(field.isNameKnown(), field.name());
      knownText(field.isValueKnown(), field.value());
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  private void knownText(boolean known, String text) {
    if (known) {
      json.writeString(text);
    } else {
      json.writeNull();
    }
  }

  private void request(@Nullable HttpRequest request) {
    if (request == null) {
      json.writeNullProperty("request");
      return;
    }
    json.writeObjectPropertyStart("request");
    Json.known(json, "method", request.method());
    Json.known(json, "target", request.target());
    Json.string(json, "authority", request.authority());
    message(request);
    json.writeEndObject();
  }

  private void response(@Nullable HttpResponse response) {
    if (response == null) {
      json.writeNullProperty("response");
      return;
    }
    json.writeObjectPropertyStart("response");
    Json.number(json, "status", response.status() == 0 ? null : Long.valueOf(response.status()));
    json.writeStringProperty("reason", response.reason());
    GrpcStatus grpc = GrpcStatus.of(response);
    if (grpc != null) {
      json.writeNumberProperty("grpc_status", grpc.code());
      json.writeStringProperty("grpc_message", grpc.message());
    }
    message(response);
    json.writeEndObject();
  }

  private void message(HttpMessage message) {
    Json.known(json, "version", message.version());
    headers("headers", message.headers());
    headers("trailers", message.trailers());
    Json.string(json, "content_type", BodyText.contentType(message));
    json.writeStringProperty("framing", lower(message.body().framing()));
    bodies.write(message);
    json.writeNumberProperty("head_bytes", message.head().length());
    json.writeNumberProperty("started_ns", message.span().firstEpochNanos());
    json.writeNumberProperty("ended_ns", message.span().lastEpochNanos());
    json.writeStringProperty("completeness", message.completeness().jsonName());
    json.writeArrayPropertyStart("anomalies");
    for (Anomaly anomaly : message.anomalies()) {
      anomaly(anomaly);
    }
    for (Anomaly anomaly : message.body().anomalies()) {
      anomaly(anomaly);
    }
    json.writeEndArray();
  }

  private void anomaly(Anomaly anomaly) {
    json.writeStartObject();
    json.writeStringProperty("kind", anomaly.kind().jsonName());
    json.writeStringProperty("detail", anomaly.detail());
    json.writeEndObject();
  }

  private void proxy(ProxyHeader header) {
    json.writeObjectPropertyStart("proxy");
    json.writeNumberProperty("version", header.version());
    endpointOrNull("client", header.client());
    endpointOrNull("server", header.server());
    json.writeEndObject();
  }

  private void endpointOrNull(String name, @Nullable Endpoint endpoint) {
    if (endpoint == null) {
      json.writeNullProperty(name);
    } else {
      endpoint(name, endpoint);
    }
  }

  private void endpoint(String name, Endpoint endpoint) {
    json.writeObjectPropertyStart(name);
    Json.known(json, "ip", endpoint.address());
    Json.number(json, "port", endpoint.port() == 0 ? null : Long.valueOf(endpoint.port()));
    json.writeEndObject();
  }

  private void account(String name, ByteAccounting.Account account) {
    json.writeObjectPropertyStart(name);
    json.writeNumberProperty("in_messages_bytes", account.inMessages());
    json.writeNumberProperty("outside_messages_bytes", account.outsideMessages());
    json.writeNumberProperty("lost_bytes", account.lost());
    json.writeNumberProperty("duplicate_bytes", account.duplicate());
    json.writeEndObject();
  }

  private void roles(String name, Iterable<Role> roles) {
    json.writeArrayPropertyStart(name);
    for (Role role : roles) {
      json.writeString(lower(role));
    }
    json.writeEndArray();
  }

  private static @Nullable Long microsSinceStart(Exchange exchange, @Nullable Long epochNanos) {
    return epochNanos == null
        ? null
        : Long.valueOf((epochNanos - exchange.startedEpochNanos()) / NANOS_PER_MICRO);
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
