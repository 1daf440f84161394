// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.importer.HarImportStats;
import dev.tapedeck.analyzer.importer.PcapImportStats;
import dev.tapedeck.analyzer.importer.packet.LinkTypes;
import dev.tapedeck.analyzer.importer.tcp.TcpStats;
import dev.tapedeck.analyzer.terminal.Human;
import dev.tapedeck.format.WriterStats;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Tells, on standard error, what an import found and what it left out. */
final class ImportReport {
  private final AnalyzerCommand root;

  ImportReport(AnalyzerCommand root) {
    this.root = root;
  }

  /** Tells of packets. */
  void pcap(String name, Path output, PcapImportStats stats, WriterStats written) {
    warnings(name, stats);
    PcapImportStats.Connections found = stats.connections();
    root.warn(
        "read "
            + Human.count(stats.packets(), "packet")
            + ": "
            + Human.count(found.kept(), "connection")
            + " kept, "
            + Human.bytes(found.keptBytes())
            + leftOut(stats));
    wrote(output, written);
  }

  private void wrote(Path output, WriterStats written) {
    root.warn(
        "wrote "
            + output
            + ": "
            + Human.count(written.events(), "event")
            + "; "
            + Human.bytes(written.fileBytes()));
  }

  /** Tells of entries. */
  void har(Path output, HarImportStats stats, WriterStats written) {
    if (stats.unknownBytes() > 0) {
      root.warn(
          "warning: "
              + Human.count(stats.unknownBytes(), "byte")
              + " of content are not in the archive: they are cuts in the capture");
    }
    if (stats.alteredLengths() > 0) {
      root.warn(
          "note: "
              + Human.count(stats.alteredLengths(), "Content-Length field")
              + " changed to the length that the rebuilt content has");
    }
    if (stats.withoutTime() > 0) {
      root.warn(
          "note: "
              + stats.withoutTime()
              + " entries do not say when they began: they follow the one before");
    }
    root.warn(
        "read "
            + (stats.entries() == 1 ? "1 entry" : stats.entries() + " entries")
            + (stats.unanswered() == 0 ? "" : ", " + stats.unanswered() + " without an answer")
            + "; made "
            + Human.count(stats.connections(), "connection"));
    wrote(output, written);
  }

  private void warnings(String name, PcapImportStats stats) {
    if (stats.damage() != null) {
      root.warn(
          "warning: " + name + ": " + stats.damage() + "; what stands before it was imported");
    }
    stats
        .unsupportedLinks()
        .forEach(
            (link, packets) ->
                root.warn(
                    "warning: link type "
                        + LinkTypes.describe(link)
                        + " is not supported: "
                        + Human.count(packets, "packet")
                        + " left out"));
    if (stats.badChecksums() > 0) {
      root.warn(
          "note: "
              + Human.count(stats.badChecksums(), "segment")
              + " with a wrong TCP checksum, taken all the same: cards that make it later leave such");
    }
    if (stats.backwardPackets() > 0) {
      root.warn(
          "note: "
              + Human.count(stats.backwardPackets(), "packet")
              + " were seen earlier than packets that stand before them");
    }
    stats
        .skipped()
        .forEach((what, count) -> root.warn("note: " + name + " holds " + count + " " + what));
    PcapImportStats.Connections found = stats.connections();
    if (found.missingBytes() + found.cutBytes() > 0) {
      root.warn(
          "warning: "
              + Human.count(found.missingBytes(), "byte")
              + " of the kept connections are in no packet"
              + (found.cutBytes() == 0
                  ? ""
                  : ", " + Human.count(found.cutBytes(), "byte") + " were cut by the snap length"));
    }
    tcp(stats.tcp());
  }

  private void tcp(TcpStats tcp) {
    if (tcp.conflictingSegments() > 0) {
      root.warn(
          "warning: "
              + Human.count(tcp.conflictingSegments(), "segment")
              + " repeated bytes with other values: the first ones count");
    }
    if (tcp.implausibleSegments() + tcp.bytesAfterEnd() + tcp.bytesBeforeStart() > 0) {
      root.warn(
          "note: left out of connections: "
              + Human.count(tcp.implausibleSegments(), "segment")
              + " far from the others, "
              + Human.count(tcp.bytesBeforeStart(), "byte")
              + " before the start, "
              + Human.count(tcp.bytesAfterEnd(), "byte")
              + " after the end");
    }
    if (tcp.evictedConnections() > 0) {
      root.warn(
          "warning: "
              + Human.count(tcp.evictedConnections(), "connection")
              + " ended early, because too many were open at once");
    }
  }

  private static String leftOut(PcapImportStats stats) {
    List<String> parts = new ArrayList<>();
    PcapImportStats.Connections found = stats.connections();
    add(parts, found.tls(), "of TLS", found.tlsBytes());
    add(parts, found.other(), "of other protocols", found.otherBytes());
    if (found.withoutContent() > 0) {
      parts.add(Human.count(found.withoutContent(), "connection") + " without content");
    }
    stats
        .leftOut()
        .forEach((reason, count) -> parts.add(Human.count(count, "packet") + " " + reason.words()));
    return parts.isEmpty() ? "" : "; left out: " + String.join(", ", parts);
  }

  private static void add(List<String> parts, long connections, String what, long bytes) {
    if (connections > 0) {
      parts.add(
          Human.count(connections, "connection") + " " + what + " (" + Human.bytes(bytes) + ")");
    }
  }
}
