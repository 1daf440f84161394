// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.export.pcapng.PcapNgExporter;
import dev.tapedeck.analyzer.redact.Redactor;
import dev.tapedeck.analyzer.session.StreamAnalyzer;
import dev.tapedeck.format.CaptureReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Exports to packets. */
@Command(
    name = "pcapng",
    description = {
      "Writes the streams as packets of TCP connections with their true times, as Wireshark and"
          + " tshark read them; what was decrypted stands as plain text on port 80.",
      "Secrets are masked by the default rules unless --include-secrets is given; what these"
          + " cannot mask in its place, such as HTTP/2, is left out then."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer export pcapng orders.tape --include-secrets -o orders.pcapng",
      "  analyzer export pcapng orders.tape -o - | tshark -r - -Y http"
    })
final class ExportPcapNgCommand implements Callable<Integer> {
  private final AnalyzerCommand root;

  @Parameters(arity = "1", paramLabel = "FILE", description = "The capture.")
  private Path file = Path.of("");

  @Option(names = "--strict", description = "Stop at the first damage.")
  private boolean strict;

  @Mixin private ExportOutput output = new ExportOutput();
  @Mixin private SecretsOption secrets = new SecretsOption();

  ExportPcapNgCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    return output.write(root, List.of(file), this::export);
  }

  private int export(OutputStream out) throws IOException {
    AtomicBoolean damaged = new AtomicBoolean();
    AtomicLong droppedBytes = new AtomicLong();
    String application = "tapedeck-analyzer " + VersionProvider.version();
    try (CaptureReader reader = Captures.openWhole(root, file, strict);
        Progress progress = new Progress(root, file, reader)) {
      PcapNgExporter exporter =
          new PcapNgExporter(
              out,
              application,
              damage -> {
                if (Captures.counts(file, damage)) {
                  damaged.set(true);
                }
                root.warn(Captures.describe(file, damage));
              });
      EventSource source =
          secrets.included()
              ? progress
              : (projection, visitor) -> {
                Redactor redactor = Redactor.forSharing();
                progress.read(projection, new MaskedVisitor(redactor, visitor));
                redactor.end(visitor::event);
                droppedBytes.set(redactor.droppedBytes());
              };
      new StreamAnalyzer(AnalyzerOptions.defaults().maxReorderBytes()).analyze(source, exporter);
      if (Captures.tellsCut(root, file, reader, damaged.get())) {
        damaged.set(true);
      }
    }
    if (droppedBytes.get() > 0) {
      root.warn(
          "warning: "
              + Human.count(droppedBytes.get(), "byte")
              + " in which secrets cannot be masked left out; --include-secrets writes all");
    }
    return damaged.get() ? ExitCode.DAMAGE : ExitCode.OK;
  }
}
