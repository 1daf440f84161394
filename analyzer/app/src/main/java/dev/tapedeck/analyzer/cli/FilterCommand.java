// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.format.CaptureRewriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a part of a capture. */
@Command(
    name = "filter",
    description = {
      "Writes the part of a capture that concerns a time, a process, a connection or exchanges.",
      "Exchanges that --filter means are kept whole, with all else of their connections. What tells about the kept connections stays with them, so that their exchanges are shown as"
          + " before. Where --from or --to cuts a connection, its streams have a gap."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer filter all.tape -o nginx.tape --comm nginx --port 443",
      "  analyzer filter all.tape -o errors.tape --filter 'status >= 500'",
      "  analyzer filter all.tape -o noon.tape --from 2026-03-01T12:00:00Z",
      "  analyzer filter all.tape -o five-minutes.tape --from +10m --to +15m"
    })
final class FilterCommand implements Callable<Integer> {
  private final AnalyzerCommand root;

  @Parameters(paramLabel = "FILE", description = "Capture file.")
  private Path file = Path.of("");

  @Mixin private OutputOptions output = new OutputOptions();
  @Mixin private EncryptOptions encrypt = new EncryptOptions();
  @Mixin private TimeOptions time = new TimeOptions();
  @Mixin private FilterOptions filter = new FilterOptions();
  @Mixin private ConnectionCriteria criteria = new ConnectionCriteria();

  @Option(names = "--strict", description = "Stop at the first damage instead of skipping it.")
  private boolean strict;

  FilterCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    if (!criteria.isGiven() && !filter.isGiven() && (criteria.isInverted() || !time.isGiven())) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "nothing to filter by",
          file.toString(),
          "give a time, such as --from +30s, a process or connection, such as --port 443, or exchanges, such as"
              + " --filter 'status >= 500'");
    }
    Captures.check(List.of(file));
    return new Rewriting(root, output)
        .run(
            "filter",
            file,
            strict,
            reader -> encrypt.protect(CaptureTarget.options(), List.of(reader)),
            (reader, progress) -> {
              FilterPlan plan = FilterPlanner.plan(reader, progress, time, criteria, filter);
              return new CaptureRewriter(
                  reader, progress.counting("writing", plan), plan.payloadRange());
            });
  }
}
