// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.http.BodyDigest;
import dev.tapedeck.analyzer.http.BodyText;
import java.io.IOException;

/** The table {@code messages}. */
final class MessageTable {
  private MessageTable() {}

  private record Row(CaptureInput input, Exchange exchange, int index, StreamMessage message) {}

  static Table<?> table() {
    Table.Columns<Row> columns = Table.columnsOf();
    columns
        .text(
            "exchange_id",
            "`id` in `exchanges`",
            row -> row.input.capture().qualify(row.exchange.id()))
        .text("file", "the capture", row -> row.input.file())
        .number("index", "place in its exchange, from 0", Row::index)
        .text("sender", "`client` or `server`", row -> Values.lower(row.message.sender()))
        .text(
            "kind",
            "`text`, `binary`, `close`, `ping`, `pong`, `event`, `grpc`",
            row -> row.message.kind() == null ? null : row.message.kind().jsonName())
        .time(
            "started",
            "when its first byte moved, UTC",
            row -> row.message.span().firstEpochNanos())
        .number(
            "started_ns",
            "the same in nanoseconds since the Unix epoch",
            row -> row.message.span().firstEpochNanos())
        .number(
            "ended_ns",
            "when its last byte moved, nanoseconds since the Unix epoch",
            row -> row.message.span().lastEpochNanos())
        .number(
            "stream_position",
            "where it begins in bytes: of the stream for WebSocket over HTTP/1, else of the body",
            row -> row.message.span().from())
        .number("frames", "frames it came in", row -> row.message.frames())
        .truth("compressed", "whether it was sent compressed", row -> row.message.compressed())
        .number("payload_bytes", "bytes after decompression", row -> row.message.payload().length())
        .number("wire_payload_bytes", "bytes before it", row -> row.message.wireBytes())
        .number("close_code", "WebSocket close code", row -> Table.orNull(row.message.closeCode()))
        .text("event", "`event` field of a server-sent event", row -> row.message.eventName())
        .text("event_id", "`id` field of a server-sent event", row -> row.message.eventId())
        .number(
            "retry_ms",
            "`retry` field of a server-sent event, milliseconds",
            row -> Table.orNull(row.message.retryMillis()))
        .text(
            "completeness",
            "how much of it was captured",
            row -> row.message.completeness().jsonName())
        .names("anomalies", "what is odd about it", row -> Values.names(row.message.anomalies()))
        .text(
            "payload_sha256",
            "of the payload; null when that is not whole",
            row ->
                BodyDigest.isWhole(row.message) ? BodyDigest.sha256(row.message.payload()) : null)
        .text(
            "payload_text",
            "the payload; null when it is no text",
            row -> BodyText.decode(row.message.payload().toBytes(), null))
        .bytes("payload", "the payload", row -> Values.base64(row.message.payload()));
    return new Table<>(
        "messages",
        "WebSocket messages, server-sent events and gRPC messages inside exchanges.",
        columns.list(),
        (capture, wanted, sink) ->
            capture.analyze(
                new OpenCapture.Visitor() {
                  @Override
                  public void exchange(Exchange exchange) throws IOException {
                    if (!exchange.messages().isEmpty()) {
                      rows(capture.input(), exchange, sink);
                    }
                  }
                }));
  }

  private static void rows(CaptureInput input, Exchange exchange, Table.Sink<Row> sink)
      throws IOException {
    for (int i = 0; i < exchange.messages().size(); i++) {
      sink.row(new Row(input, exchange, i, exchange.messages().get(i)));
    }
  }
}
