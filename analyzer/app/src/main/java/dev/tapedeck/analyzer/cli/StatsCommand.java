// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.endpoint.EndpointLearner;
import dev.tapedeck.analyzer.endpoint.Endpoints;
import dev.tapedeck.analyzer.export.Json;
import dev.tapedeck.analyzer.stats.GroupStats;
import dev.tapedeck.analyzer.stats.Grouping;
import dev.tapedeck.analyzer.stats.StatsCollector;
import dev.tapedeck.analyzer.stats.StatsJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Sums exchanges up. */
@Command(
    name = "stats",
    description = {
      "Sums exchanges up: how many, how many errors, how long they took, how much they sent.",
      "Paths that differ in numbers, ids and other values are one endpoint: /orders/{id}.",
      "Those with most exchanges come first."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer stats orders.tape",
      "  analyzer stats orders.tape --by status --filter 'path ~ \"^/orders\"'",
      "  analyzer stats orders.tape --format ndjson | jq 'select(.errors > 0).endpoint'"
    })
final class StatsCommand implements Callable<Integer> {
  private final AnalyzerCommand root;

  @Mixin private SourceOptions source = new SourceOptions();
  @Mixin private FilterOptions filter = new FilterOptions();
  @Mixin private TableOptions table = new TableOptions();

  @Option(
      names = "--by",
      paramLabel = "WHAT",
      defaultValue = "endpoint",
      description = "${COMPLETION-CANDIDATES}; endpoint by default.")
  private Grouping by = Grouping.ENDPOINT;

  StatsCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    StatsCollector collector =
        new StatsCollector(by, by.needsEndpoints() ? endpoints() : Endpoints.NONE);
    SessionSource sessions = new SessionSource(root, source, filter, true);
    int code =
        sessions.read(
            (capture, exchange) -> {
              if (sessions.means(exchange)) {
                collector.add(exchange);
              }
              return true;
            });
    write(collector.groups().stream().limit(table.limit()).toList(), root.pages());
    return code;
  }

  /** All requests tell what is a parameter, also those that the filter leaves out. */
  private Endpoints endpoints() throws IOException {
    EndpointLearner learner = new EndpointLearner();
    SessionSource.silent(root, source)
        .read(
            (capture, exchange) -> {
              learner.add(exchange);
              return true;
            });
    return learner.learned();
  }

  private void write(List<GroupStats> groups, OutputStream out) throws IOException {
    if (table.format() == OutputFormat.TABLE) {
      int width = table.width(root.terminal().columns());
      for (String line : new StatsTable(by, groups, width).lines()) {
        write(line + "\n", out);
      }
      return;
    }
    boolean array = table.format() == OutputFormat.JSON;
    write(array ? "[\n" : "", out);
    String separator = "";
    for (GroupStats group : groups) {
      write(separator, out);
      Json.compact(out, json -> StatsJson.write(json, by, group));
      write("\n", out);
      separator = array ? "," : "";
    }
    write(array ? "]\n" : "", out);
  }

  private static void write(String text, OutputStream out) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
