// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.export.ExchangeJson;
import dev.tapedeck.analyzer.export.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists sessions. */
@Command(
    name = "sessions",
    description = "Lists connections with their exchanges.",
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
                root.terminal().out(),
                list.format(),
                table.heading(),
                isTable
                    ? (capture, row, out) ->
                        out.write(
                            table.line(capture, row.summary()).getBytes(StandardCharsets.UTF_8))
                    : this::json,
                order,
                list.limit())) {
      SessionRows rows =
          new SessionRows(
              spool,
              isTable ? null : this::exchangeJson,
              (capture, row) -> {
                output.add(capture, row);
                output.flush();
                return !output.full();
              });
      int code = new SessionSource(root, source, true).read(rows);
      output.finish();
      return code;
    }
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
