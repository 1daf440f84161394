// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.script.K6Script;
import dev.tapedeck.analyzer.export.script.RequestScript;
import java.io.IOException;
import java.io.OutputStream;
import picocli.CommandLine.Command;

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
final class ExportK6Command extends ScriptExport {
  ExportK6Command(AnalyzerCommand root) {
    super(root);
  }

  @Override
  RequestScript script(OutputStream out, boolean includeSecrets) throws IOException {
    return new K6Script(out, includeSecrets);
  }
}
