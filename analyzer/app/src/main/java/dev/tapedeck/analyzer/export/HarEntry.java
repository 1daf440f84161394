// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.redact.ExchangeMasker;
import dev.tapedeck.format.Bytes;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Writes the entries of an HTTP Archive, one for each exchange. */
final class HarEntry {
  private static final int NANO_DIGITS_OF_MILLI = 6;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final DateTimeFormatter ISO_MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final JsonGenerator json;
  private final ExchangeMasker masker;
  private final ExchangeJson exchangeJson;
  private final HarMessages messages;

  HarEntry(JsonGenerator json, ExchangeMasker masker) {
    this.json = json;
    this.masker = masker;
    this.exchangeJson = new ExchangeJson(json, BodyMode.NONE);
    this.messages = new HarMessages(json);
  }

  /**
   * Writes an entry.
   *
   * @param recorded the exchange, which has a request
   */
  void write(CaptureRef capture, Exchange recorded) {
    Exchange exchange = masker.mask(recorded);
    HttpRequest request = Objects.requireNonNull(exchange.request(), "request");
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
    String named = HarOwn.connection(exchange.connection().connection());
    String session = named == null ? Integer.toString(exchange.sessionNumber()) : named;
    json.writeStringProperty("connection", capture.qualify(session));
    HarSocketMessages.write(json, exchange.messages());
    tapedeck(capture, exchange, recorded, request, response);
    json.writeEndObject();
  }

  private void tapedeck(
      CaptureRef capture,
      Exchange exchange,
      Exchange recorded,
      HttpRequest request,
      @Nullable HttpResponse response) {
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
    messages.requestDetails(exchange.connection(), request, coded(recorded.request(), request));
    if (response != null) {
      messages.responseDetails(response, request, coded(recorded.response(), response));
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

  private @Nullable Bytes coded(@Nullable HttpMessage recorded, HttpMessage shared) {
    return recorded == null ? null : masker.coded(recorded, shared);
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
