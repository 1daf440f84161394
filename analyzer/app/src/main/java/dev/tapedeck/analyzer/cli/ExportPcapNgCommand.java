// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.export.pcapng.PcapNgExporter;
import dev.tapedeck.analyzer.export.pcapng.PcapNgWriter;
import dev.tapedeck.analyzer.export.pcapng.TakenAddresses;
import dev.tapedeck.analyzer.redact.Redactor;
import dev.tapedeck.analyzer.session.StreamAnalyzer;
import dev.tapedeck.analyzer.terminal.Human;
import dev.tapedeck.format.CaptureReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.IntPredicate;
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
          + " cannot mask in its place, such as HTTP/2, is left out then.",
      "With --filter, the whole connections of exchanges that are meant."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer export pcapng orders.tape --include-secrets -o orders.pcapng",
      "  analyzer export pcapng web.tape db.tape --filter 'status >= 500' -o errors.pcapng",
      "  analyzer export pcapng orders.tape -o - | tshark -r - -Y http"
    })
final class ExportPcapNgCommand implements Callable<Integer> {
  private final AnalyzerCommand root;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Capture files, written one after another.")
  private List<Path> files = List.of();

  @Option(names = "--strict", description = "Stop at the first damage instead of skipping it.")
  private boolean strict;

  @Mixin private FilterOptions filter = new FilterOptions();
  @Mixin private ExportOutput output = new ExportOutput();
  @Mixin private SecretsOption secrets = new SecretsOption();

  private boolean damaged;
  private long droppedBytes;
  private long connections;

  ExportPcapNgCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    return output.write(root, files, this::export);
  }

  private ExportOutput.Written export(OutputStream out) throws IOException {
    Captures.check(files);
    PcapNgWriter writer = new PcapNgWriter(out, "tapedeck-analyzer " + VersionProvider.version());
    TakenAddresses taken = new TakenAddresses();
    int sessions = 0;
    for (int i = 0; i < files.size(); i++) {
      Path file = files.get(i);
      CaptureRef capture =
          files.size() == 1 ? CaptureRef.ONLY : new CaptureRef(file.toString(), i + 1);
      sessions = export(file, capture, sessions, writer, taken);
    }
    if (droppedBytes > 0) {
      root.warn(
          "warning: "
              + Human.count(droppedBytes, "byte")
              + " in which secrets cannot be masked left out; --include-secrets writes all");
    }
    return new ExportOutput.Written(
        damaged ? ExitCode.DAMAGE : ExitCode.OK, connections, "connection");
  }

  /** Writes a capture; returns how many sessions there are up to its last one. */
  private int export(
      Path file, CaptureRef capture, int before, PcapNgWriter writer, TakenAddresses taken)
      throws IOException {
    boolean[] fileDamaged = new boolean[1];
    try (CaptureReader reader = Captures.openWhole(root, file, strict);
        Progress progress = new Progress(root, file, reader)) {
      PcapNgExporter exporter =
          new PcapNgExporter(
              writer,
              taken,
              capture,
              before,
              meant(reader, progress),
              damage -> {
                fileDamaged[0] |= Captures.counts(file, damage);
                root.warn(Captures.describe(file, damage));
              });
      new StreamAnalyzer(AnalyzerOptions.defaults().maxReorderBytes())
          .analyze(secrets.included() ? progress : masked(progress), exporter);
      fileDamaged[0] |= Captures.tellsCut(root, file, reader, fileDamaged[0]);
      damaged |= fileDamaged[0];
      connections += exporter.written();
      return exporter.last();
    }
  }

  /** Returns which sessions are written: those with an exchange that is meant. */
  private IntPredicate meant(CaptureReader reader, Progress progress) throws IOException {
    if (!filter.isGiven()) {
      return number -> true;
    }
    Set<Integer> numbers = FilterPlanner.sessions(reader, progress, filter);
    return numbers::contains;
  }

  /** A source is read twice, and masked anew each time: the last reading counts. */
  private EventSource masked(EventSource source) {
    long droppedBefore = droppedBytes;
    return (projection, visitor) -> {
      Redactor redactor = Redactor.forSharing();
      source.read(projection, new MaskedVisitor(redactor, visitor));
      redactor.end(visitor::event);
      droppedBytes = droppedBefore + redactor.droppedBytes();
    };
  }
}
