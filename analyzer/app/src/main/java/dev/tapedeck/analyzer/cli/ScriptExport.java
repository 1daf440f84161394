// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.script.RequestScript;
import dev.tapedeck.analyzer.terminal.Human;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** What exports to scripts have in common: all but the script. */
abstract class ScriptExport implements Callable<Integer> {
  private final AnalyzerCommand root;

  @Mixin private SourceOptions source = new SourceOptions();
  @Mixin private FilterOptions filter = new FilterOptions();
  @Mixin private ExportOutput output = new ExportOutput();
  @Mixin private SecretsOption secrets = new SecretsOption();

  ScriptExport(AnalyzerCommand root) {
    this.root = root;
  }

  abstract RequestScript script(OutputStream out, boolean includeSecrets) throws IOException;

  @Override
  public Integer call() throws IOException {
    return output.write(root, source.files(), this::export);
  }

  private ExportOutput.Written export(OutputStream out) throws IOException {
    RequestScript script = script(out, secrets.included());
    SessionSource sessions = new SessionSource(root, source, filter, true);
    int code = sessions.readMeant(script::exchange);
    script.finish();
    if (script.leftOut() > 0) {
      root.warn(
          "warning: "
              + Human.count(script.leftOut(), "exchange")
              + " left out; a comment in the script says of each why");
    }
    return new ExportOutput.Written(code, sessions.handedOver() - script.leftOut(), "exchange");
  }
}
