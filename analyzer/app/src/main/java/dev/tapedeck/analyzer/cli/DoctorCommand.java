// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.BlindSpot;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.export.Json;
import dev.tapedeck.analyzer.stream.BlindSpotFinder;
import dev.tapedeck.analyzer.terminal.TextOutput;
import dev.tapedeck.format.CaptureAccess;
import dev.tapedeck.format.CaptureCheck;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CheckReport;
import dev.tapedeck.format.Projection;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks captures. */
@Command(
    name = "doctor",
    description = {
      "Checks captures: what is wrong, where, what is lost, what traffic is not in them,",
      "and what to do about each.",
      "Files of up to 1 GiB are checked in full; without its key, what is encrypted up to its"
          + " checksums."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer doctor orders.tape",
      "  analyzer doctor *.tape --full --format ndjson",
      "  analyzer doctor secret.tape --identity key.txt"
    })
final class DoctorCommand implements Callable<Integer> {
  /** Files up to this size are checked in full unless the user says otherwise. */
  private static final long FULL_BYTES = 1L << 30;

  private final AnalyzerCommand root;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Capture files.")
  private List<Path> files = List.of();

  @ArgGroup private Depth depth = new Depth();

  @Mixin private FormatOption format = new FormatOption();

  /** How far to look; at most one of them is given. */
  static final class Depth {
    @Option(
        names = "--fast",
        description = "Record headers, index and trailer only, whatever the file's size.")
    private boolean fast;

    @Option(names = "--full", description = "Everything, whatever the file's size.")
    private boolean full;
  }

  DoctorCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    DoctorView view = new DoctorView(new TextOutput(root.pages(), root.colorful()));
    return new EachFile<>(root, format.get(), DoctorCommand::json)
        .report(files, this::check, view::show, checked -> !checked.report().isHealthy());
  }

  private Checked check(Path file) throws IOException {
    boolean full = depth.full || (!depth.fast && Files.size(file) <= FULL_BYTES);
    CheckReport report =
        CaptureCheck.check(
            file,
            full ? CheckReport.Depth.EVENTS : CheckReport.Depth.HEADERS,
            root.readerOptions(false).identities());
    return new Checked(file, report, full ? blindSpots(file) : null);
  }

  /** Returns what went by unseen; null when the events cannot be read. */
  private @Nullable List<BlindSpot> blindSpots(Path file) throws IOException {
    try (CaptureReader reader = Captures.open(root, file, false)) {
      if (reader.access() == CaptureAccess.HEADERS) {
        return null;
      }
      BlindSpotFinder finder = new BlindSpotFinder(AnalyzerOptions.DEFAULT_MAX_REORDER_BYTES);
      reader.read(Projection.METADATA, finder);
      return finder.finish();
    }
  }

  /**
   * What was found out about a file.
   *
   * @param report about the file itself
   * @param blindSpots traffic that is not in it; null when its events were not read
   */
  record Checked(Path file, CheckReport report, @Nullable List<BlindSpot> blindSpots) {}

  private static void json(CaptureRef capture, Checked checked, OutputStream out)
      throws IOException {
    Json.compact(out, json -> new DoctorJson(json).write(checked));
  }
}
