// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.HarExporter;
import dev.tapedeck.analyzer.export.PrivateFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
  private static final String STANDARD_OUTPUT = "-";

  private final AnalyzerCommand root;

  @Mixin private SourceOptions source = new SourceOptions();
  @Mixin private FilterOptions filter = new FilterOptions();

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "OUT",
      description = "File to write, readable by you alone; - for standard output.")
  private Path output = Path.of(STANDARD_OUTPUT);

  @Mixin private SecretsOption secrets = new SecretsOption();

  ExportHarCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    if (output.toString().equals(STANDARD_OUTPUT)) {
      return export(root.terminal().out());
    }
    Captures.check(source.files());
    for (Path file : source.files()) {
      if (Files.exists(output) && Files.isSameFile(file, output)) {
        throw new CommandFailure(
            ExitCode.USAGE, "would replace the capture", file.toString(), "name another --output");
      }
    }
    try (PrivateFile file = PrivateFile.create(output)) {
      int code = export(file.stream());
      file.commit();
      return code;
    }
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
