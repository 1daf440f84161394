// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.importer.EventSink;
import dev.tapedeck.analyzer.importer.PcapImport;
import dev.tapedeck.analyzer.importer.PcapImportStats;
import dev.tapedeck.analyzer.importer.packet.PacketFormatException;
import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.WriterOptions;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Imports packets. */
@Command(
    name = "pcap",
    description = {
      "Makes a capture of the plain-text HTTP connections in a packet file, pcap or pcapng, as if the"
          + " recorder had run on the servers.",
      "Connections of TLS and of other protocols are counted and left out."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer import pcap orders.pcap -o orders.tape",
      "  tcpdump -i any -w - port 80 | analyzer import pcap - -o orders.tape"
    })
final class ImportPcapCommand implements Callable<Integer> {
  private final AnalyzerCommand root;

  @Mixin private ImportInput input = new ImportInput();
  @Mixin private OutputOptions output = new OutputOptions();
  @Mixin private EncryptOptions encrypt = new EncryptOptions();

  @Option(
      names = "--port",
      paramLabel = "N",
      description =
          "Keep connections of this port whatever they begin with. May be repeated. Without it the"
              + " first bytes decide, and the usual ports of HTTP.")
  private Set<Integer> ports = new TreeSet<>();

  ImportPcapCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    try (InputStream in = input.open(root)) {
      return run(PcapImport.open(in, input.name()));
    } catch (PacketFormatException e) {
      CommandFailure failure =
          new CommandFailure(
              ExitCode.IO,
              "cannot import",
              String.valueOf(e.getMessage()),
              "name a file of tcpdump, dumpcap or Wireshark");
      failure.initCause(e);
      throw failure;
    }
  }

  private int run(PcapImport source) throws IOException {
    WriterOptions options = encrypt.protect(CaptureTarget.options(), List.of());
    CaptureHeader header =
        source.header(
            CaptureOutput.newFileId(), CaptureOutput.producer(), ImportInput.nowNanos(root));
    PcapImportStats stats;
    try (CaptureTarget target =
        CaptureTarget.create(root, output.output(), input.files(), header, options)) {
      CaptureWriter writer = target.writer();
      stats = source.run(EventSink.to(writer), ports);
      new ImportReport(root).pcap(input.name(), output.output(), stats, target.complete());
    }
    return stats.damage() == null ? ExitCode.OK : ExitCode.DAMAGE;
  }
}
