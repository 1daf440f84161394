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
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists exchanges. */
@Command(
    name = "exchanges",
    description = "Lists requests with their answers.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer exchanges orders.tape --sort -duration --limit 10",
      "  analyzer exchanges orders.tape --filter 'status >= 500 and path ~ \"^/orders\"'",
      "  analyzer exchanges orders.tape --format ndjson | jq .request.target",
      "  analyzer exchanges orders.tape --follow"
    })
final class ExchangesCommand implements Callable<Integer> {
  private final AnalyzerCommand root;

  @Mixin private SourceOptions source = new SourceOptions();
  @Mixin private FilterOptions filter = new FilterOptions();
  @Mixin private ListOptions list = new ListOptions();

  @Option(
      names = "--sort",
      paramLabel = "KEY",
      description = {
        "By " + SortKeys.OF_EXCHANGES + ".",
        "-KEY puts the largest first. In the order of the capture by default."
      })
  private @Nullable String sort;

  @Option(
      names = "--follow",
      description =
          "Go on while the capture is being written, until it is finished: each exchange is listed"
              + " when it is complete. Its .partial file is found by the final name too.")
  private boolean follow;

  @Option(
      names = "--follow-timeout",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description =
          "The same, and stop when nothing was added for that long, as when the recorder was"
              + " killed; never by default.")
  private @Nullable Duration followTimeout;

  ExchangesCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    SortOrder<Exchange> order = sort == null ? null : SortOrder.parse(sort, SortKeys.exchanges());
    ExchangeTable table = new ExchangeTable(list.width(root.terminal()), root.colorful());
    boolean follows = follow || followTimeout != null;
    try (ListOutput<Exchange> output =
        new ListOutput<>(
            follows ? root.terminal().out() : root.pages(),
            list.format(),
            table.heading(),
            list.format() == OutputFormat.TABLE
                ? (capture, exchange, out) ->
                    out.write(table.line(capture, exchange).getBytes(StandardCharsets.UTF_8))
                : this::json,
            order,
            list.limit())) {
      if (follows) {
        int code = follow(output);
        output.finish();
        return code;
      }
      SessionSource sessions = new SessionSource(root, source, filter, true);
      int code =
          sessions.read(
              new SessionSource.Sink() {
                @Override
                public boolean exchange(CaptureRef capture, Exchange exchange) throws IOException {
                  if (sessions.means(exchange)) {
                    output.add(capture, exchange);
                  }
                  return !output.full();
                }

                @Override
                public boolean session(CaptureRef capture, SessionSummary session)
                    throws IOException {
                  output.flush();
                  return true;
                }
              });
      output.finish();
      return code;
    }
  }

  private int follow(ListOutput<Exchange> output) throws IOException {
    if (sort != null || source.files().size() != 1) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "--follow lists one capture in the order of its exchanges",
          sort == null ? source.files().size() + " captures" : "--sort " + sort,
          "leave that out");
    }
    FollowedExchanges.Sink sink =
        new FollowedExchanges.Sink() {
          @Override
          public boolean exchange(Exchange exchange) throws IOException {
            output.add(CaptureRef.ONLY, exchange);
            return !output.full();
          }

          @Override
          public void flush() throws IOException {
            output.flush();
          }
        };
    return new FollowedExchanges(root, source.files().get(0), source, filter, sink)
        .follow(followTimeout);
  }

  private void json(CaptureRef capture, Exchange exchange, OutputStream out) throws IOException {
    Json.compact(out, json -> new ExchangeJson(json, list.bodies()).exchange(capture, exchange));
  }
}
