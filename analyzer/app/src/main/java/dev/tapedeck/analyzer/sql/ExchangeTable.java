// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Leg;
import dev.tapedeck.analyzer.endpoint.EndpointKey;
import dev.tapedeck.analyzer.endpoint.Endpoints;
import dev.tapedeck.analyzer.filter.TargetParts;
import dev.tapedeck.analyzer.http.BodyDigest;
import dev.tapedeck.analyzer.http.BodyText;
import dev.tapedeck.analyzer.http.GrpcStatus;
import java.io.IOException;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The table {@code exchanges}. */
final class ExchangeTable {
  static final String NAME = "exchanges";
  private static final String ENDPOINT = "endpoint";
  private static final long NANOS_PER_MICRO = 1000;

  private ExchangeTable() {}

  /** An exchange with where it comes from; endpoints are null when no column needs them. */
  private record Row(CaptureInput input, Exchange exchange, @Nullable Endpoints endpoints) {
    @Nullable HttpRequest request() {
      return exchange.request();
    }

    @Nullable HttpResponse response() {
      return exchange.response();
    }
  }

  static Table<?> table() {
    Table.Columns<Row> columns = Table.columnsOf();
    columns
        .text(
            "id",
            "as `analyzer show` takes it",
            row -> row.input.capture().qualify(row.exchange.id()))
        .text("file", "the capture", row -> row.input.file())
        .text(
            "session_id",
            "`id` of its row in `connections`",
            row -> row.input.capture().qualify(Integer.toString(row.exchange.sessionNumber())))
        .number("index", "place in its session, from 0", row -> row.exchange.index())
        .text("protocol", "such as `HTTP/1.1`", row -> Table.known(row.exchange.protocol()))
        .number(
            "stream_id",
            "HTTP/2 stream of the answer",
            row -> Table.orNull(row.exchange.streamId()));
    ConnectionColumns.addTo(columns, row -> row.exchange.connection());
    columns
        .text("leg_of", "`id` of the exchange that this one is an inner leg of", ExchangeTable::leg)
        .time("started", "when the request began, UTC", row -> row.exchange.startedEpochNanos())
        .number(
            "started_ns",
            "the same in nanoseconds since the Unix epoch",
            row -> row.exchange.startedEpochNanos())
        .number(
            "first_byte_us",
            "microseconds from there to the answer's first byte",
            row ->
                row.exchange.firstByteNanosOrNone() == Exchange.NO_TIME
                    ? Column.NULL
                    : (row.exchange.firstByteNanosOrNone() - row.exchange.startedEpochNanos())
                        / NANOS_PER_MICRO)
        .number(
            "duration_us",
            "microseconds from there to the last byte",
            row ->
                (row.exchange.endedEpochNanos() - row.exchange.startedEpochNanos())
                    / NANOS_PER_MICRO)
        .truth(
            "pipelined",
            "whether the request began before the previous answer had ended",
            row -> row.exchange.pipelined())
        .text(
            "completeness",
            "`complete`, `truncated_start`, `gap`, `truncated_end`, `recorder_cap`",
            row -> row.exchange.completeness().jsonName())
        .names(
            "anomalies",
            "what is odd about the pairing",
            row -> Values.names(row.exchange.anomalies()))
        .number("interim_count", "answers with status 1xx", row -> row.exchange.interim().size())
        .number("message_count", "its rows in `messages`", row -> row.exchange.messages().size())
        .text("method", "as sent", request(request -> Table.known(request.method())))
        .text("target", "as sent", request(request -> Table.known(request.target())))
        .text("authority", "of the target or the Host field", request(HttpRequest::authority))
        .text(
            "host",
            "of the authority, in lower case, without port",
            request(request -> TargetParts.host(request.authority())))
        .text("path", "of the target", request(request -> TargetParts.path(request.target())))
        .text(
            "query",
            "of the target, without its question mark",
            request(request -> TargetParts.query(request.target())))
        .text(
            ENDPOINT,
            "path template such as `/orders/{id}`, learned from all requests of the captures",
            ExchangeTable::endpoint);
    addMessage(columns, "request", Row::request);
    columns
        .number(
            "status",
            "status code",
            row -> {
              HttpResponse response = row.response();
              return response == null || response.status() == 0 ? Column.NULL : response.status();
            })
        .text("reason", "reason phrase", response(HttpResponse::reason))
        .number(
            "grpc_status",
            "gRPC status code",
            row -> {
              HttpResponse response = row.response();
              GrpcStatus grpc = response == null ? null : GrpcStatus.of(response);
              return grpc == null ? Column.NULL : grpc.code();
            })
        .text(
            "grpc_message",
            "gRPC status message",
            response(
                response -> {
                  GrpcStatus grpc = GrpcStatus.of(response);
                  return grpc == null ? null : grpc.message();
                }));
    addMessage(columns, "response", Row::response);
    return new Table<>(
        NAME,
        "Requests with their answers: the rows of `analyzer exchanges`.",
        columns.list(),
        (capture, wanted, sink) -> {
          Endpoints endpoints = wanted.contains(ENDPOINT) ? capture.endpoints() : null;
          capture.analyze(
              new OpenCapture.Visitor() {
                @Override
                public void exchange(Exchange exchange) throws IOException {
                  sink.row(new Row(capture.input(), exchange, endpoints));
                }
              });
        });
  }

  private static void addMessage(
      Table.Columns<Row> columns, String prefix, Function<Row, @Nullable HttpMessage> part) {
    columns
        .text(
            prefix + "_version",
            "such as `HTTP/1.1`",
            text(part, message -> Table.known(message.version())))
        .text(prefix + "_content_type", "media type", text(part, BodyText::contentType))
        .text(
            prefix + "_framing",
            "how the body's end was told",
            text(part, message -> Values.lower(message.body().framing())))
        .number(
            prefix + "_head_bytes",
            "bytes of start line and header fields",
            number(part, message -> message.head().length()))
        .number(
            prefix + "_body_bytes",
            "bytes of the body after transfer and content decoding",
            number(part, message -> message.body().content().length()))
        .number(
            prefix + "_wire_body_bytes",
            "bytes of the body before content decoding",
            number(part, message -> message.body().wire().length()))
        .number(
            prefix + "_started_ns",
            "when its first byte moved, nanoseconds since the Unix epoch",
            number(part, HttpMessage::firstEpochNanos))
        .number(
            prefix + "_ended_ns",
            "when its last byte moved, nanoseconds since the Unix epoch",
            number(part, HttpMessage::lastEpochNanos))
        .text(
            prefix + "_completeness",
            "how much of it was captured",
            text(part, message -> message.completeness().jsonName()))
        .names(prefix + "_anomalies", "what is odd about it", text(part, Values::names))
        .text(
            prefix + "_body_sha256",
            "of the decoded body; null when that is not whole",
            text(
                part,
                message ->
                    BodyDigest.isWhole(message)
                        ? BodyDigest.sha256(message.body().content())
                        : null))
        .text(
            prefix + "_body_text",
            "the decoded body; null when it is no text",
            text(part, Values::text))
        .bytes(
            prefix + "_body",
            "the decoded body",
            text(part, message -> Values.base64(message.body().content())));
  }

  private static @Nullable String leg(Row row) {
    Leg leg = row.exchange.leg();
    String outer = leg == null ? null : leg.outerId();
    return outer == null ? null : row.input.capture().qualify(outer);
  }

  private static @Nullable String endpoint(Row row) {
    EndpointKey key = row.endpoints == null ? null : row.endpoints.of(row.exchange);
    return key == null ? null : key.template();
  }

  private static Column.OfText<Row> request(Function<HttpRequest, @Nullable String> reader) {
    return row -> {
      HttpRequest request = row.request();
      return request == null ? null : reader.apply(request);
    };
  }

  private static Column.OfText<Row> response(Function<HttpResponse, @Nullable String> reader) {
    return row -> {
      HttpResponse response = row.response();
      return response == null ? null : reader.apply(response);
    };
  }

  private static Column.OfText<Row> text(
      Function<Row, @Nullable HttpMessage> part, Function<HttpMessage, @Nullable String> reader) {
    return row -> {
      HttpMessage message = part.apply(row);
      return message == null ? null : reader.apply(message);
    };
  }

  private static Column.OfNumber<Row> number(
      Function<Row, @Nullable HttpMessage> part, ToLongFunction<HttpMessage> reader) {
    return row -> {
      HttpMessage message = part.apply(row);
      return message == null ? Column.NULL : reader.applyAsLong(message);
    };
  }
}
