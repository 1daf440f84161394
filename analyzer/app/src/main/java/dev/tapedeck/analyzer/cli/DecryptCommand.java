// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.format.CaptureRewriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes an encrypted capture in the clear. */
@Command(
    name = "decrypt",
    description = {
      "Writes the events of an encrypted capture into one that everybody can read who has the file.",
      "To read an encrypted capture this is not needed: every command takes the key."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {"", "Example:", "  analyzer decrypt orders.tape --identity key.txt -o plain.tape"})
final class DecryptCommand implements Callable<Integer> {
  private final AnalyzerCommand root;

  @Parameters(paramLabel = "FILE", description = "Encrypted capture file.")
  private Path file = Path.of("");

  @Mixin private OutputOptions output = new OutputOptions();

  @Option(names = "--strict", description = "Stop at the first damage instead of skipping it.")
  private boolean strict;

  DecryptCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    Captures.check(List.of(file));
    return new Rewriting(root, output)
        .run(
            "decrypt",
            file,
            strict,
            reader -> {
              if (reader.encryption() == null) {
                throw new CommandFailure(
                    ExitCode.USAGE, "is not encrypted", file.toString(), "use it as it is");
              }
              EncryptOptions.requireWhole(reader);
              return CaptureTarget.options();
            },
            (reader, progress) ->
                new CaptureRewriter(reader, progress.counting("writing", event -> true)));
  }
}
