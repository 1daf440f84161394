// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.terminal.Human;
import dev.tapedeck.analyzer.terminal.Style;
import dev.tapedeck.analyzer.terminal.TerminalText;
import dev.tapedeck.analyzer.terminal.TextTable;
import dev.tapedeck.analyzer.terminal.TextTable.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Exchanges as lines of a table. */
final class ExchangeTable {
  private static final String UNKNOWN = "-";
  private static final int STATUS_COLUMN_WIDTH = 3;

  private final TextTable table;
  private final boolean colorful;

  ExchangeTable(int width, boolean colorful) {
    this.colorful = colorful;
    this.table =
        new TextTable(
            List.of(
                Column.left("ID", 5),
                Column.left("STARTED UTC", 12),
                Column.right("TOOK", 7),
                Column.right("BODY", 6),
                Column.right("ST", STATUS_COLUMN_WIDTH),
                Column.left("METHOD", 6),
                Column.left("URL", 0)),
            width);
  }

  String heading() {
    return table.heading();
  }

  String line(CaptureRef capture, Exchange exchange) {
    HttpRequest request = exchange.request();
    HttpResponse response = exchange.response();
    String status =
        response == null || response.status() == 0 ? UNKNOWN : Integer.toString(response.status());
    String line =
        table.line(
            List.of(
                capture.qualify(exchange.id()),
                Human.clock(exchange.startedEpochNanos()),
                Human.shortDuration(exchange.endedEpochNanos() - exchange.startedEpochNanos()),
                response == null ? UNKNOWN : Human.shortBytes(response.body().content().length()),
                status,
                request == null ? UNKNOWN : TerminalText.ofLatin1(request.method()),
                state(exchange.completeness())
                    + leg(capture, exchange)
                    + (request == null
                        ? UNKNOWN
                        : TerminalText.ofLatin1(url(exchange.connection().scheme(), request)))));
    return colorful ? colored(line, status, response) : line;
  }

  /** Returns what stands before the URL of an exchange that is not complete. */
  private static String state(Completeness completeness) {
    return switch (completeness) {
      case COMPLETE -> "";
      case TRUNCATED_START -> "[no start] ";
      case GAP -> "[gap] ";
      case TRUNCATED_END -> "[no end] ";
      case RECORDER_CAP -> "[cut] ";
    };
  }

  /** Returns what stands before the URL of the inner leg of a request that a proxy passed on. */
  private static String leg(CaptureRef capture, Exchange exchange) {
    String outer = exchange.leg() == null ? null : exchange.leg().outerId();
    return outer == null ? "" : "[leg of " + capture.qualify(outer) + "] ";
  }

  private static String url(String scheme, HttpRequest request) {
    return request.target().startsWith("/") && request.authority() != null
        ? scheme + "://" + request.authority() + request.target()
        : request.target();
  }

  private static String colored(String line, String status, @Nullable HttpResponse response) {
    if (response == null) {
      return line;
    }
    String padded = " ".repeat(Math.max(0, STATUS_COLUMN_WIDTH - status.length())) + status;
    int at = line.indexOf(" " + padded + " ");
    int end = at + 1 + padded.length();
    return at < 0
        ? line
        : line.substring(0, at + 1)
            + Style.ofStatus(response.status()).paint(padded)
            + line.substring(end);
  }
}
