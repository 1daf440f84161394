// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import dev.tapedeck.analyzer.importer.packet.FrameDecoder;
import dev.tapedeck.analyzer.importer.packet.Packet;
import dev.tapedeck.analyzer.importer.packet.PacketFiles;
import dev.tapedeck.analyzer.importer.packet.PacketReader;
import dev.tapedeck.analyzer.importer.packet.Segment;
import dev.tapedeck.analyzer.importer.packet.UnpackedInput;
import dev.tapedeck.analyzer.importer.tcp.TcpTracker;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureHeader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Makes events of a packet file: pcap or pcapng, also compressed.
 *
 * <p><b>Lifecycle:</b> {@link #open}, {@link #header}, {@link #run} once. <b>Threads:</b> confined
 * to one. <b>Limits:</b> memory does not depend on the length of the file: see {@link TcpTracker}
 * for connections; out-of-order bytes do not wait, their positions say where they belong.
 */
public final class PcapImport {
  /** How much of the input names the host. */
  private static final int NAMING_BYTES = 1 << 16;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final int PACKETS_BETWEEN_WATERMARKS = 1 << 10;

  private final UnpackedInput input;
  private final PacketReader packets;
  private final long hostId;

  private PcapImport(UnpackedInput input, PacketReader packets, long hostId) {
    this.input = input;
    this.packets = packets;
    this.hostId = hostId;
  }

  /**
   * Begins an import.
   *
   * @param in the file; closed by the caller
   * @param name for messages
   * @throws IOException when it cannot be read, or is no packet file
   */
  public static PcapImport open(InputStream in, String name) throws IOException {
    UnpackedInput unpacked = new UnpackedInput(in);
    byte[] beginning = unpacked.readNBytes(NAMING_BYTES);
    PacketReader reader =
        PacketFiles.open(
            new SequenceInputStream(new ByteArrayInputStream(beginning), unpacked), name);
    return new PcapImport(unpacked, reader, ImportedHost.hostId(beginning));
  }

  /** Returns the header that the capture should have. */
  public CaptureHeader header(Bytes fileId, String producer, long createdNanos) {
    return ImportedHost.header(fileId, hostId, producer, createdNanos, packets.format()).build();
  }

  /**
   * Reads all packets and hands the events to the sink.
   *
   * @param forcedPorts of which connections are kept whatever they carry
   * @throws IOException when the input cannot be read, or from the sink
   */
  public PcapImportStats run(EventSink sink, Set<Integer> forcedPorts) throws IOException {
    ImportedHost host = new ImportedHost(hostId, sink);
    ConnectionEvents events = new ConnectionEvents(host, sink);
    TcpTracker tracker = new TcpTracker(events, forcedPorts);
    List<Segment> found = new ArrayList<>(1);
    FrameDecoder frames = new FrameDecoder(found::add);
    long latestNanos = 0;
    long backwards = 0;
    Packet packet = packets.next();
    while (packet != null) {
      backwards += packet.epochNanos() < latestNanos ? 1 : 0;
      latestNanos = Math.max(latestNanos, packet.epochNanos());
      frames.decode(packet);
      for (Segment segment : found) {
        tracker.segment(segment);
      }
      found.clear();
      if (packet.number() % PACKETS_BETWEEN_WATERMARKS == 0) {
        host.watermark(latestNanos - 2L * TcpTracker.HOLD_SECONDS * NANOS_PER_SECOND);
      }
      packet = packets.next();
    }
    tracker.finish();
    return new PcapImportStats(
        frames.packets(),
        backwards,
        frames.leftOut(),
        frames.unsupportedLinks(),
        frames.badChecksums(),
        packets.skipped(),
        input.damage() != null ? input.damage() : packets.damage(),
        events.connections(),
        tracker.stats());
  }
}
