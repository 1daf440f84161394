// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.export.ExchangeJson;
import dev.tapedeck.analyzer.export.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists sessions. */
@Command(
    name = "sessions",
    description = {
      "Lists connections with their exchanges.",
      "With --filter, those with an exchange that is meant; all their exchanges are shown."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer sessions orders.tape",
      "  analyzer sessions orders.tape --format json --bodies none"
    })
final class SessionsCommand implements Callable<Integer> {
  private final AnalyzerCommand root;

  @Mixin private SourceOptions source = new SourceOptions();
  @Mixin private FilterOptions filter = new FilterOptions();
  @Mixin private ListOptions list = new ListOptions();

  @Option(
      names = "--sort",
      paramLabel = "KEY",
      description = {
        "By " + SortKeys.OF_SESSIONS + ".",
        "-KEY puts the largest first. In the order of the capture by default."
      })
  private @Nullable String sort;

  SessionsCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    SortOrder<SessionRow> order = sort == null ? null : SortOrder.parse(sort, SortKeys.sessions());
    SessionTable table = new SessionTable(list.width(root.terminal()));
    boolean isTable = list.format() == OutputFormat.TABLE;
    try (Spool spool = new Spool(Spool.DEFAULT_BUFFERED_BYTES);
        ListOutput<SessionRow> output =
            new ListOutput<>(
                root.pages(),
                list.format(),
                table.heading(),
                isTable
                    ? (capture, row, out) ->
                        out.write(
                            table.line(capture, row.summary()).getBytes(StandardCharsets.UTF_8))
                    : this::json,
                order,
                list.limit())) {
      Set<String> meant = new HashSet<>();
      SessionRows rows =
          new SessionRows(
              spool,
              isTable ? null : this::exchangeJson,
              (capture, row) -> {
                if (!filter.isGiven() || meant.remove(capture.qualify(row.summary().id()))) {
                  output.add(capture, row);
                }
                output.flush();
                return !output.full();
              });
      SessionSource sessions = new SessionSource(root, source, filter, true);
      int code = sessions.read(noting(sessions, meant, rows));
      output.finish();
      return code;
    }
  }

  /** Notes the ids of sessions with an exchange that is meant, before they are shown. */
  private static SessionSource.Sink noting(
      SessionSource sessions, Set<String> meant, SessionSource.Sink sink) {
    return new SessionSource.Sink() {
      @Override
      public boolean exchange(CaptureRef capture, Exchange exchange) throws IOException {
        if (sessions.means(exchange)) {
          meant.add(capture.qualify(Integer.toString(exchange.sessionNumber())));
        }
        return sink.exchange(capture, exchange);
      }

      @Override
      public boolean session(CaptureRef capture, SessionSummary session) throws IOException {
        return sink.session(capture, session);
      }

      @Override
      public boolean noSession(CaptureRef capture, int number) throws IOException {
        return sink.noSession(capture, number);
      }
    };
  }

  private void exchangeJson(CaptureRef capture, Exchange exchange, boolean first, Spool.Text text)
      throws IOException {
    if (!first) {
      text.write(',');
    }
    Json.compact(text, json -> new ExchangeJson(json, list.bodies()).exchange(capture, exchange));
  }

  private void json(CaptureRef capture, SessionRow row, OutputStream out) throws IOException {
    Spool.Text exchanges = row.exchanges();
    Json.compact(
        out,
        json ->
            new ExchangeJson(json, list.bodies())
                .session(
                    capture,
                    row.summary(),
                    () -> {
                      json.flush();
                      if (exchanges != null) {
                        exchanges.moveTo(out);
                      }
                    }));
  }
}
