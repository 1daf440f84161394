// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import dev.tapedeck.analyzer.importer.har.HarArchive;
import dev.tapedeck.analyzer.importer.har.HarEntry;
import dev.tapedeck.analyzer.importer.har.HarMessage;
import dev.tapedeck.analyzer.importer.packet.UnpackedInput;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.ConnectionId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes events of an HTTP Archive: connections of HTTP/1 and HTTP/2, seen from the server, whose
 * exchanges have the values of the entries.
 *
 * <p>Entries of one {@code connection} (without it: of one page) and origin share a connection
 * where one ended before the next began.
 *
 * <p><b>Lifecycle:</b> {@link #open}, {@link #header}, {@link #run} once. <b>Threads:</b> confined
 * to one. <b>Limits:</b> one entry at a time is in memory, and a small record for each connection.
 */
public final class HarImport {
  private static final int NAMING_BYTES = 1 << 16;

  private final HarArchive archive;
  private final long hostId;

  private HarImport(HarArchive archive, long hostId) {
    this.archive = archive;
    this.hostId = hostId;
  }

  /**
   * Begins an import.
   *
   * @param in the file, also compressed with gzip or zstd; closed by the caller
   * @throws IOException when it cannot be read, or is no archive
   */
  public static HarImport open(InputStream in) throws IOException {
    UnpackedInput unpacked = new UnpackedInput(in);
    byte[] beginning = unpacked.readNBytes(NAMING_BYTES);
    return new HarImport(
        new HarArchive(
            new SequenceInputStream(new ByteArrayInputStream(withoutMark(beginning)), unpacked)),
        ImportedHost.hostId(beginning));
  }

  /** Some tools begin UTF-8 files with a byte order mark. */
  private static byte[] withoutMark(byte[] bytes) {
    boolean marked =
        bytes.length >= 3
            && bytes[0] == (byte) 0xef
            && bytes[1] == (byte) 0xbb
            && bytes[2] == (byte) 0xbf;
    return marked ? Arrays.copyOfRange(bytes, 3, bytes.length) : bytes;
  }

  /** Returns the header that the capture should have. */
  public CaptureHeader header(Bytes fileId, String producer, long createdNanos) {
    return ImportedHost.header(fileId, hostId, producer, createdNanos, "har").build();
  }

  /** Entries that may share a connection. */
  private record Origin(String group, boolean isTls, boolean isHttp2, String authority) {}

  /**
   * Reads all entries and hands the events to the sink.
   *
   * @throws IOException when the input cannot be read or an entry tells no exchange, or from the
   *     sink
   */
  public HarImportStats run(EventSink sink) throws IOException {
    ImportedHost host = new ImportedHost(hostId, sink);
    Map<Origin, List<HarConnection>> open = new LinkedHashMap<>();
    Map<Long, Integer> generations = new HashMap<>();
    long entries = 0;
    long connections = 0;
    long unanswered = 0;
    long unknownBytes = 0;
    long alteredLengths = 0;
    long withoutTime = 0;
    long latestNanos = 0;
    HarEntry entry = archive.next();
    while (entry != null) {
      entries++;
      Long told = entry.startedNanos();
      long startedNanos = told == null ? latestNanos : told;
      withoutTime += told == null ? 1 : 0;
      HarMessage response = entry.response();
      unanswered += response == null ? 1 : 0;
      unknownBytes += entry.request().unknownBytes();
      alteredLengths += entry.request().isAltered() ? 1 : 0;
      if (response != null) {
        unknownBytes += response.unknownBytes();
        alteredLengths += response.isAltered() ? 1 : 0;
      }
      List<HarConnection> lanes =
          open.computeIfAbsent(
              new Origin(
                  entry.group(), entry.url().isTls(), entry.isHttp2(), entry.url().authority()),
              unused -> new ArrayList<>(1));
      HarConnection lane = null;
      for (HarConnection candidate : lanes) {
        if (lane == null && !entry.isAlone() && candidate.isFreeAt(startedNanos)) {
          lane = candidate;
        }
      }
      if (lane == null) {
        connections++;
        long named = entry.socket() < 0 ? connections : entry.socket();
        int before = generations.merge(named, 1, Integer::sum) - 1;
        ConnectionId socket = new ConnectionId(hostId, named, before);
        lane = HarConnection.open(host, sink, connections, socket, entry, startedNanos);
        lanes.add(lane);
      }
      latestNanos = Math.max(latestNanos, lane.add(entry, startedNanos));
      if (lane.isDone()) {
        lane.close();
        lanes.remove(lane);
      }
      entry = archive.next();
    }
    for (List<HarConnection> lanes : open.values()) {
      for (HarConnection lane : lanes) {
        lane.close();
      }
    }
    return new HarImportStats(
        entries, connections, unanswered, unknownBytes, alteredLengths, withoutTime);
  }
}
