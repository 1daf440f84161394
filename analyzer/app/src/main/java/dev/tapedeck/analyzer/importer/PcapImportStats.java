// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import dev.tapedeck.analyzer.importer.packet.LeftOut;
import dev.tapedeck.analyzer.importer.tcp.TcpStats;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an import found, and what it left out.
 *
 * @param packets packets read
 * @param backwardPackets of these, seen earlier than one that stands before them
 * @param leftOut packets without a TCP segment, by reason
 * @param unsupportedLinks packets of link types that are not read, by link type
 * @param badChecksums segments with a wrong checksum, which were taken all the same
 * @param skipped other parts of the file
 * @param damage what ended the reading early; null when nothing did
 * @param connections what the connections carried
 * @param tcp what was odd about segments
 */
public record PcapImportStats(
    long packets,
    long backwardPackets,
    Map<LeftOut, Long> leftOut,
    Map<Integer, Long> unsupportedLinks,
    long badChecksums,
    Map<String, Long> skipped,
    @Nullable String damage,
    Connections connections,
    TcpStats tcp) {
  /**
   * Connections by what they carried.
   *
   * <p><b>Units:</b> bytes of content.
   *
   * @param kept with HTTP, or what may be
   * @param keptBytes their bytes in the capture
   * @param tls encrypted
   * @param tlsBytes their bytes, each as often as it was seen
   * @param other of other protocols
   * @param otherBytes their bytes, likewise
   * @param withoutContent that moved no byte
   * @param missingBytes bytes of kept ones that no packet holds
   * @param cutBytes bytes of kept ones that a snap length cut
   */
  public record Connections(
      long kept,
      long keptBytes,
      long tls,
      long tlsBytes,
      long other,
      long otherBytes,
      long withoutContent,
      long missingBytes,
      long cutBytes) {}
}
