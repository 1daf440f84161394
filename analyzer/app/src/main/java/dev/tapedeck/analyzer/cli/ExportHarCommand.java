// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.HarExporter;
import java.io.IOException;
import java.io.OutputStream;
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

  private int export(OutputStream out) throws IOException {
    HarExporter exporter = new HarExporter(out, VersionProvider.version(), secrets.included());
    SessionSource sessions = new SessionSource(root, source, filter, true);
    int code =
        sessions.read(
            (capture, exchange) -> {
              if (sessions.means(exchange)) {
                exporter.exchange(capture, exchange);
              }
              return true;
            });
    exporter.close();
    if (exporter.withoutRequest() > 0) {
      root.warn(
          "warning: "
              + exporter.withoutRequest()
              + " exchanges whose request was not captured are left out: HAR has no place for them");
    }
    return code;
  }
}
