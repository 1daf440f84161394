// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.importer.EventSink;
import dev.tapedeck.analyzer.importer.HarImport;
import dev.tapedeck.analyzer.importer.HarImportStats;
import dev.tapedeck.analyzer.importer.har.HarFormatException;
import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.WriterOptions;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Imports HTTP Archives. */
@Command(
    name = "har",
    description = {
      "Makes a capture of an HTTP Archive (HAR 1.2), as browsers and many tools write it.",
      "An archive holds values, not bytes: messages are rebuilt with these values, in HTTP/2 where"
          + " it says so, else in HTTP/1."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {"", "Example:", "  analyzer import har orders.har -o orders.tape"})
final class ImportHarCommand implements Callable<Integer> {
  private final AnalyzerCommand root;

  @Mixin private ImportInput input = new ImportInput();
  @Mixin private OutputOptions output = new OutputOptions();
  @Mixin private EncryptOptions encrypt = new EncryptOptions();

  ImportHarCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    try (InputStream in = input.open(root)) {
      return run(HarImport.open(in));
    } catch (HarFormatException e) {
      CommandFailure failure =
          new CommandFailure(
              ExitCode.IO,
              "cannot import",
              input.name() + ": " + e.getMessage(),
              "name a whole HAR file");
      failure.initCause(e);
      throw failure;
    }
  }

  private int run(HarImport source) throws IOException {
    WriterOptions options = encrypt.protect(CaptureTarget.options(), List.of());
    CaptureHeader header =
        source.header(
            CaptureOutput.newFileId(), CaptureOutput.producer(), ImportInput.nowNanos(root));
    try (CaptureTarget target =
        CaptureTarget.create(root, output.output(), input.files(), header, options)) {
      HarImportStats stats = source.run(EventSink.to(target.writer()));
      new ImportReport(root).har(output.output(), stats, target.complete());
    }
    return ExitCode.OK;
  }
}
