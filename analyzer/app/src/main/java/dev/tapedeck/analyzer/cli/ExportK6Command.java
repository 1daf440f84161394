// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.script.K6Script;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Exports to a script for k6. */
@Command(
    name = "k6",
    description = {
      "Writes a script for the load generator k6 that sends the requests and checks their status.",
      "What was recorded is data in it, whatever it holds.",
      "Secrets are masked by the default rules unless --include-secrets is given."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer export k6 orders.tape --include-secrets -o orders.js",
      "  k6 run -e TARGET=http://127.0.0.1:8080 -e PACE=1 orders.js"
    })
final class ExportK6Command implements Callable<Integer> {
  private final AnalyzerCommand root;

  @Mixin private SourceOptions source = new SourceOptions();
  @Mixin private FilterOptions filter = new FilterOptions();
  @Mixin private ExportOutput output = new ExportOutput();
  @Mixin private SecretsOption secrets = new SecretsOption();

  ExportK6Command(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    return output.write(root, source.files(), this::export);
  }

  private int export(OutputStream out) throws IOException {
    K6Script script = new K6Script(out, secrets.included());
    SessionSource sessions = new SessionSource(root, source, filter, true);
    int code =
        sessions.read(
            (capture, exchange) -> {
              if (sessions.means(exchange)) {
                script.exchange(capture, exchange);
              }
              return true;
            });
    script.finish();
    if (script.leftOut() > 0) {
      root.warn(
          "warning: "
              + Human.count(script.leftOut(), "exchange")
              + " left out; a comment in the script says of each why");
    }
    return code;
  }
}
