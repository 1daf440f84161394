// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.Session;
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
    SortOrder<Session> order = sort == null ? null : SortOrder.parse(sort, SortKeys.sessions());
    SessionTable table = new SessionTable(list.width(root.terminal()));
    ListOutput<Session> output =
        new ListOutput<>(
            root.terminal().out(),
            list.format(),
            table.heading(),
            list.format() == OutputFormat.TABLE
                ? (capture, session, out) ->
                    out.write(table.line(capture, session).getBytes(StandardCharsets.UTF_8))
                : this::json,
            order,
            list.limit());
    int code =
        new SessionSource(root, source, true)
            .read(
                (capture, session) -> {
                  output.add(capture, session);
                  output.flush();
                  return !output.full();
                });
    output.finish();
    return code;
  }

  private void json(CaptureRef capture, Session session, OutputStream out) throws IOException {
    Json.compact(out, json -> new ExchangeJson(json, list.bodies()).session(capture, session));
  }
}
