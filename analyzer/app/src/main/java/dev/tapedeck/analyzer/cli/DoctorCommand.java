// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.export.Json;
import dev.tapedeck.format.CaptureCheck;
import dev.tapedeck.format.CheckReport;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks captures. */
@Command(
    name = "doctor",
    description = {
      "Checks captures: what is wrong, where, what is lost, and what to do about it.",
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

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; table by default.")
  private OutputFormat format = OutputFormat.TABLE;

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
    Captures.check(files);
    OutputStream out = root.terminal().out();
    boolean healthy = true;
    if (format == OutputFormat.TABLE) {
      DoctorView view = new DoctorView(new TextOutput(out, root.colorful()));
      for (Path file : files) {
        CheckReport report = check(file);
        healthy &= report.isHealthy();
        view.show(file, report);
      }
      out.flush();
    } else {
      ListOutput<Checked> list =
          new ListOutput<>(out, format, "", DoctorCommand::json, null, Long.MAX_VALUE);
      for (Path file : files) {
        CheckReport report = check(file);
        healthy &= report.isHealthy();
        list.add(CaptureRef.ONLY, new Checked(file, report));
      }
      list.finish();
    }
    return healthy ? ExitCode.OK : ExitCode.DAMAGE;
  }

  private CheckReport check(Path file) throws IOException {
    boolean full = depth.full || (!depth.fast && Files.size(file) <= FULL_BYTES);
    return CaptureCheck.check(
        file,
        full ? CheckReport.Depth.EVENTS : CheckReport.Depth.HEADERS,
        root.readerOptions(false).identities());
  }

  private record Checked(Path file, CheckReport report) {}

  private static void json(CaptureRef capture, Checked checked, OutputStream out)
      throws IOException {
    Json.compact(out, json -> new DoctorJson(json).write(checked.file(), checked.report()));
  }
}
