// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.terminal.TextOutput;
import dev.tapedeck.format.CaptureCopier;
import dev.tapedeck.format.CopyOptions;
import dev.tapedeck.format.CopyReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Salvages captures. */
@Command(
    name = "recover",
    description = {
      "Copies every sound block of a damaged, cut or unfinished capture into a new one.",
      "The new capture is whole and says what was lost. Encrypted captures need no key."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer recover orders.tape.partial -o orders.recovered.tape",
      "  analyzer recover damaged.tape -o sound.tape && rm damaged.tape"
    })
final class RecoverCommand implements Callable<Integer> {
  private final AnalyzerCommand root;

  @Parameters(paramLabel = "FILE", description = "Capture file.")
  private Path file = Path.of("");

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "OUT",
      description = "Capture to make, readable by you alone; an earlier one is kept as OUT.old.")
  private Path output = Path.of("");

  RecoverCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    Captures.check(List.of(file));
    try (CaptureCopier copier = CaptureCopier.open(file)) {
      CaptureOutput.prepare(root, output, List.of(file));
      CaptureOutput.removeUnfinishedOnExit(output);
      CopyOptions options =
          new CopyOptions("recover", CaptureOutput.producer(), CaptureOutput::newFileId);
      CopyReport report = copier.recover(output, options);
      TextOutput out = new TextOutput(root.terminal().out(), root.colorful());
      new CopyView(root, out).show(file, output, report);
      root.terminal().out().flush();
      return report.isLossless() ? ExitCode.OK : ExitCode.DAMAGE;
    }
  }
}
