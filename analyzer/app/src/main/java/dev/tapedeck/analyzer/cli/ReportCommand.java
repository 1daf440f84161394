// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.PrivateFile;
import dev.tapedeck.analyzer.filter.Filter;
import dev.tapedeck.analyzer.listing.CaptureListing;
import dev.tapedeck.analyzer.listing.IndexUse;
import dev.tapedeck.analyzer.redact.ExchangeMasker;
import dev.tapedeck.analyzer.report.Report;
import dev.tapedeck.analyzer.report.ReportOptions;
import dev.tapedeck.analyzer.report.ReportPage;
import dev.tapedeck.analyzer.terminal.ProgressMeter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a report. */
@Command(
    name = "report",
    description = {
      "Writes the essential of captures as one HTML file: rate, latency, endpoints, what was slow,"
          + " what failed, and some exchanges in detail. It needs nothing else and runs no script.",
      "Authorization, cookies, API keys and the like are masked unless --include-secrets is given."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer report orders.tape -o report.html",
      "  analyzer report orders.tape -o slow.html --filter 'duration > 1s'"
    })
final class ReportCommand implements Callable<Integer> {
  private static final int MAX_DETAILS = 5000;

  private final AnalyzerCommand root;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Capture files.")
  private List<Path> files = List.of();

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "OUT",
      description = "File to write, readable by you alone; - for standard output.")
  private Path output = Path.of("-");

  @Option(
      names = "--filter",
      paramLabel = "EXPR",
      converter = FilterOptions.Converter.class,
      description = "Exchanges that the expression means; --help filter explains.")
  private @Nullable Filter filter;

  @Option(
      names = "--details",
      paramLabel = "N",
      defaultValue = "60",
      converter = Count.OfInt.class,
      description = "Exchanges with heads and bodies; 60 by default, 5000 at most.")
  private int details;

  @Mixin private SecretsOption secrets = new SecretsOption();

  @Option(
      names = "--index",
      negatable = true,
      description = "Keep the index in FILE.idx, for a later serve; by default nothing is left.")
  private boolean index;

  ReportCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    Captures.check(files);
    Captures.refuseToReplace(files, output);
    List<CaptureListing> listings = new ArrayList<>();
    try {
      boolean damaged = false;
      for (CaptureListing each :
          Listings.open(root, files, index ? IndexUse.KEPT : IndexUse.READ)) {
        listings.add(each);
        try (ProgressMeter.Work work =
            root.meter()
                .begin(
                    "indexing",
                    String.valueOf(each.file().getFileName()),
                    each.eventsToRead(),
                    ProgressMeter.Unit.EVENTS)) {
          each.build(work::at);
        }
        damaged |= each.damages() > 0;
      }
      if (damaged) {
        root.warn("damage: parts could not be read and are left out; 'analyzer doctor' shows them");
      }
      write(listings);
      return damaged ? ExitCode.DAMAGE : ExitCode.OK;
    } finally {
      for (CaptureListing each : listings) {
        each.close();
      }
    }
  }

  private void write(List<CaptureListing> listings) throws IOException {
    ReportOptions options =
        new ReportOptions(
            files.stream().map(file -> String.valueOf(file.getFileName())).toList(),
            filter == null ? "" : filter.expression(),
            VersionProvider.version(),
            Math.min(MAX_DETAILS, details));
    Report report = Report.of(options, listings, filter);
    ExchangeMasker masker = ExchangeMasker.unless(secrets.included());
    if (output.toString().equals("-")) {
      ReportPage.write(report, masker, root.terminal().out());
      return;
    }
    try (PrivateFile file = PrivateFile.create(output)) {
      ReportPage.write(report, masker, file.stream());
      file.commit();
      new ExportOutput.Written(ExitCode.OK, report.exchanges(), "exchange").tell(root, output);
    }
  }
}
