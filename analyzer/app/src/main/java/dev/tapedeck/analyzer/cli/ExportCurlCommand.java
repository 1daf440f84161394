// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.script.CurlScript;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Exports to a shell script of curl commands. */
@Command(
    name = "curl",
    description = {
      "Writes a shell script with one curl command for each request, in the order of the capture.",
      "What was recorded is data in it, whatever it holds.",
      "Secrets are masked by the default rules unless --include-secrets is given."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer export curl orders.tape --filter 'status >= 500' -o again.sh",
      "  TARGET=http://127.0.0.1:8080 sh again.sh"
    })
final class ExportCurlCommand implements Callable<Integer> {
  private final AnalyzerCommand root;

  @Mixin private SourceOptions source = new SourceOptions();
  @Mixin private FilterOptions filter = new FilterOptions();
  @Mixin private ExportOutput output = new ExportOutput();
  @Mixin private SecretsOption secrets = new SecretsOption();

  ExportCurlCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    return output.write(root, source.files(), this::export);
  }

  private int export(OutputStream out) throws IOException {
    CurlScript script = new CurlScript(out, secrets.included());
    SessionSource sessions = new SessionSource(root, source, filter, true);
    int code =
        sessions.read(
            (capture, exchange) -> {
              if (sessions.means(exchange)) {
                script.exchange(capture, exchange);
              }
              return true;
            });
    if (script.leftOut() > 0) {
      root.warn(
          "warning: "
              + Human.count(script.leftOut(), "exchange")
              + " left out; a comment in the script says of each why");
    }
    return code;
  }
}
