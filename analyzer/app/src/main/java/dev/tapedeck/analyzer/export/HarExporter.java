// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.redact.ExchangeMasker;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * Writes exchanges as an HTTP Archive, version 1.2.
 *
 * <p>What HAR has no place for stands in {@code _tapedeck} objects; {@code docs/JSON.md} describes
 * them. An exchange whose request was not captured cannot be told in HAR and is counted instead.
 *
 * <p><b>Lifecycle:</b> {@link #exchange} for each, then {@link #close}, which completes the file.
 * <b>Threads:</b> confined to one. <b>Ownership:</b> the caller closes the stream. <b>Limits:</b>
 * one exchange at a time is in memory.
 */
public final class HarExporter implements Closeable {
  private static final int NANO_DIGITS_OF_MILLI = 6;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final DateTimeFormatter ISO_MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final JsonGenerator json;
  private final ExchangeJson exchangeJson;
  private final ExchangeMasker masker;
  private final HarMessages messages;
  private long withoutRequest;
  private boolean closed;

  /**
   * Starts an archive.
   *
   * @param out where to
   * @param creatorVersion version of this tool
   * @param includeSecrets false to mask what the default redaction rules call secret
   */
  public HarExporter(OutputStream out, String creatorVersion, boolean includeSecrets)
      throws IOException {
    this.json = Json.indented(out);
    this.exchangeJson = new ExchangeJson(json, BodyMode.NONE);
    this.masker = ExchangeMasker.unless(includeSecrets);
    this.messages = new HarMessages(json);
    Json.write(
        () -> {
          json.writeStartObject();
          json.writeObjectPropertyStart("log");
          json.writeStringProperty("version", "1.2");
          json.writeObjectPropertyStart("creator");
          json.writeStringProperty("name", "tapedeck");
          json.writeStringProperty("version", creatorVersion);
          json.writeEndObject();
          json.writeArrayPropertyStart("entries");
        });
  }

  /** Returns how many exchanges are not in the archive because their request was not captured. */
  public long withoutRequest() {
    return withoutRequest;
  }

  /** Writes one exchange. */
  public void exchange(CaptureRef capture, Exchange exchange) throws IOException {
    Exchange shared = masker.mask(exchange);
    HttpRequest request = shared.request();
    // HTTP/2 that was joined late may have requests of which no name is known: HAR demands one.
    if (request == null || request.method().isEmpty()) {
      withoutRequest++;
      return;
    }
    Json.write(() -> entry(capture, shared, request));
  }

  /** Completes the archive. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    Json.write(
        () -> {
          json.writeEndArray();
          json.writeObjectPropertyStart("_tapedeck");
          json.writeBooleanProperty("secrets_masked", masker.masks());
          json.writeNumberProperty("exchanges_without_request", withoutRequest);
          json.writeEndObject();
          json.writeEndObject();
          json.writeEndObject();
          json.writeRaw('\n');
          json.close();
        });
  }

  private void entry(CaptureRef capture, Exchange exchange, HttpRequest request) {
    HttpResponse response = exchange.response();
    json.writeStartObject();
    json.writeStringProperty("startedDateTime", isoTime(exchange.startedEpochNanos()));
    HarTimings timings = HarTimings.of(exchange, request);
    millis("time", timings.totalNanos());
    messages.request(exchange.connection(), request);
    messages.response(response);
    json.writeObjectPropertyStart("cache");
    json.writeEndObject();
    json.writeObjectPropertyStart("timings");
    for (String unknown : List.of("blocked", "dns", "connect")) {
      json.writeNumberProperty(unknown, -1);
    }
    millis("send", timings.sendNanos());
    millis("wait", timings.waitNanos());
    millis("receive", timings.receiveNanos());
    json.writeNumberProperty("ssl", -1);
    json.writeEndObject();
    String address = exchange.connection().server().address();
    if (!address.isEmpty() && !address.startsWith("/")) {
      json.writeStringProperty("serverIPAddress", address);
    }
    String session = capture.qualify(Integer.toString(exchange.sessionNumber()));
    json.writeStringProperty("connection", session);
    HarSocketMessages.write(json, exchange.messages());
    tapedeck(capture, exchange, request, response);
    json.writeEndObject();
  }

  private void tapedeck(
      CaptureRef capture, Exchange exchange, HttpRequest request, @Nullable HttpResponse response) {
    json.writeObjectPropertyStart("_tapedeck");
    json.writeStringProperty("id", capture.qualify(exchange.id()));
    if (capture.file() != null) {
      json.writeStringProperty("file", capture.file());
    }
    json.writeNumberProperty("started_ns", exchange.startedEpochNanos());
    exchangeJson.connection(exchange.connection());
    json.writeArrayPropertyStart("also_seen_by");
    exchange.alsoSeenBy().forEach(role -> json.writeString(role.name().toLowerCase(Locale.ROOT)));
    json.writeEndArray();
    json.writeStringProperty("completeness", exchange.completeness().jsonName());
    exchangeJson.anomalies(exchange.anomalies());
    messages.messageDetails("request", request);
    if (response != null) {
      messages.messageDetails("response", response);
    }
    json.writeArrayPropertyStart("interim");
    for (HttpResponse interim : exchange.interim()) {
      json.writeStartObject();
      json.writeNumberProperty("status", interim.status());
      messages.headers("headers", interim.headers());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void millis(String name, long nanos) {
    BigDecimal millis = new BigDecimal(BigInteger.valueOf(nanos), NANO_DIGITS_OF_MILLI);
    json.writeName(name);
    json.writeNumber(millis.stripTrailingZeros().toPlainString());
  }

  /** Microseconds, as browsers' importers read no more digits. */
  private static String isoTime(long epochNanos) {
    return ISO_MICROS.format(
        Instant.ofEpochSecond(
            Math.floorDiv(epochNanos, NANOS_PER_SECOND),
            Math.floorMod(epochNanos, NANOS_PER_SECOND)));
  }
}
