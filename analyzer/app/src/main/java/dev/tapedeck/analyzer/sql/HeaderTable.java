// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpResponse;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The table {@code headers}. */
final class HeaderTable {
  private HeaderTable() {}

  private record Row(
      CaptureInput input,
      Exchange exchange,
      String message,
      String section,
      int position,
      HeaderField field) {
    @Nullable String name() {
      return field.isNameKnown() ? field.name() : null;
    }
  }

  static Table<?> table() {
    Table.Columns<Row> columns = Table.columnsOf();
    columns
        .text(
            "exchange_id",
            "`id` in `exchanges`",
            row -> row.input.capture().qualify(row.exchange.id()))
        .text("file", "the capture", row -> row.input.file())
        .text("message", "`request`, `response` or `interim`", Row::message)
        .text("section", "`header` or `trailer`", Row::section)
        .number("position", "place in its section, from 0", Row::position)
        .text("name", "as sent", Row::name)
        .text(
            "lower_name",
            "in lower case",
            row -> {
              String name = row.name();
              return name == null ? null : name.toLowerCase(Locale.ROOT);
            })
        .text("value", "as sent", row -> row.field.isValueKnown() ? row.field.value() : null);
    return new Table<>(
        "headers",
        "Header and trailer fields of requests and answers, in order.",
        columns.list(),
        (capture, wanted, sink) ->
            capture.analyze(
                new OpenCapture.Visitor() {
                  @Override
                  public void exchange(Exchange exchange) throws IOException {
                    rows(capture.input(), exchange, sink);
                  }
                }));
  }

  private static void rows(CaptureInput input, Exchange exchange, Table.Sink<Row> sink)
      throws IOException {
    message(input, exchange, "request", exchange.request(), sink);
    for (HttpResponse interim : exchange.interim()) {
      message(input, exchange, "interim", interim, sink);
    }
    message(input, exchange, "response", exchange.response(), sink);
  }

  private static void message(
      CaptureInput input,
      Exchange exchange,
      String name,
      @Nullable HttpMessage message,
      Table.Sink<Row> sink)
      throws IOException {
    if (message != null) {
      fields(input, exchange, name, "header", message.headers(), sink);
      fields(input, exchange, name, "trailer", message.trailers(), sink);
    }
  }

  private static void fields(
      CaptureInput input,
      Exchange exchange,
      String message,
      String section,
      HeaderFields fields,
      Table.Sink<Row> sink)
      throws IOException {
    for (int i = 0; i < fields.size(); i++) {
      sink.row(new Row(input, exchange, message, section, i, fields.get(i)));
    }
  }
}
