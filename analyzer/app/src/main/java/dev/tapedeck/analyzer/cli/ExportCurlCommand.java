// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.script.CurlScript;
import dev.tapedeck.analyzer.export.script.RequestScript;
import java.io.IOException;
import java.io.OutputStream;
import picocli.CommandLine.Command;

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
final class ExportCurlCommand extends ScriptExport {
  ExportCurlCommand(AnalyzerCommand root) {
    super(root);
  }

  @Override
  RequestScript script(OutputStream out, boolean includeSecrets) throws IOException {
    return new CurlScript(out, includeSecrets);
  }
}
