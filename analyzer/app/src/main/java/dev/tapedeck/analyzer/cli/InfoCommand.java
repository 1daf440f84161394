// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.export.Json;
import dev.tapedeck.analyzer.terminal.TextOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Summarises captures. */
@Command(
    name = "info",
    description = {
      "Says what captures hold: where and when they were made, how much, what was lost.",
      "Reads the index of large files only; a damaged or cut capture gives exit code 1."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer info orders.tape",
      "  analyzer info *.tape --format ndjson"
    })
final class InfoCommand implements Callable<Integer> {
  private final AnalyzerCommand root;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Capture files.")
  private List<Path> files = List.of();

  @Mixin private FormatOption format = new FormatOption();

  @Option(
      names = "--scan",
      description = "Read all events' metadata, also of files larger than 256 MiB.")
  private boolean scan;

  @Option(names = "--strict", description = "Stop at the first damage instead of skipping it.")
  private boolean strict;

  InfoCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    InfoView view = new InfoView(new TextOutput(root.pages(), root.colorful()));
    return new EachFile<>(root, format.get(), InfoCommand::json)
        .report(
            files,
            file -> CaptureFacts.read(root, file, strict, scan),
            view::show,
            CaptureFacts::damaged);
  }

  private static void json(CaptureRef capture, CaptureFacts facts, OutputStream out)
      throws IOException {
    Json.compact(out, json -> new InfoJson(json).write(facts));
  }
}
