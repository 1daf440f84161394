// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.HarExporter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Exports to HAR. */
@Command(
    name = "har",
    description = {
      "Writes exchanges as an HTTP Archive (HAR 1.2), as browsers and many tools read it.",
      "Authorization, cookies, API keys and the like are masked unless --include-secrets is given."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer export har orders.tape -o orders.har",
      "  analyzer export har orders.tape -o - | jq '.log.entries | length'"
    })
final class ExportHarCommand implements Callable<Integer> {
  private final AnalyzerCommand root;

  @Mixin private SourceOptions source = new SourceOptions();
  @Mixin private FilterOptions filter = new FilterOptions();

  @Mixin private ExportOutput output = new ExportOutput();
  @Mixin private SecretsOption secrets = new SecretsOption();

  ExportHarCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    return output.write(root, source.files(), this::export);
  }

  private ExportOutput.Written export(OutputStream out) throws IOException {
    SessionSource sessions = new SessionSource(root, source, filter, true);
    long withoutRequest;
    int code;
    try (HarExporter exporter =
        new HarExporter(out, VersionProvider.version(), secrets.included(), threads())) {
      code = sessions.readMeant(exporter::exchange);
      exporter.finish();
      withoutRequest = exporter.withoutRequest();
    }
    if (withoutRequest > 0) {
      root.warn(
          "warning: "
              + withoutRequest
              + " exchanges whose request was not captured are left out: HAR has no place for them");
    }
    return new ExportOutput.Written(code, sessions.handedOver() - withoutRequest, "exchange");
  }

  /** As many as the largest capture is worth. */
  private int threads() throws IOException {
    int threads = 1;
    for (Path file : source.files()) {
      threads = Math.max(threads, Files.exists(file) ? source.threads(Files.size(file)) : 1);
    }
    return threads;
  }
}
