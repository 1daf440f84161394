// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.packet;

import dev.tapedeck.format.Bytes;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads pcap files: both byte orders, micro- and nanoseconds, and the variant with longer packet
 * headers that some kernels wrote.
 *
 * <p>Source: draft-ietf-opsawg-pcap, sections 4 and 5.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class PcapReader implements PacketReader {
  static final int MICROSECONDS = 0xa1b2c3d4;
  static final int NANOSECONDS = 0xa1b23c4d;

  /** Packet headers are 8 bytes longer. */
  static final int MODIFIED = 0xa1b2cd34;

  /** A longer packet means that the place is wrong: no link has such frames. */
  static final int MAX_PACKET_BYTES = 1 << 20;

  private static final int FILE_HEADER_BYTES = 24;
  private static final int HEADER_BYTES = 16;
  private static final int MODIFIED_HEADER_BYTES = 24;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final PacketInput in;
  private final ByteOrder order;
  private final long nanosPerTick;
  private final int linkType;
  private final byte[] header;
  private long number;
  private @Nullable String damage;

  /**
   * Reads the file's header behind its first four bytes.
   *
   * @param magic the first four bytes in the file's own order
   */
  PcapReader(PacketInput in, String name, int magic, ByteOrder order) throws IOException {
    this.in = in;
    this.order = order;
    this.nanosPerTick = magic == NANOSECONDS ? 1 : 1000;
    this.header = new byte[magic == MODIFIED ? MODIFIED_HEADER_BYTES : HEADER_BYTES];
    byte[] rest = new byte[FILE_HEADER_BYTES - 4];
    if (in.read(rest, rest.length) < rest.length) {
      throw new PacketFormatException(name, in.offset(), "the file ends within its header");
    }
    // The upper bits say whether frames have check sequences.
    this.linkType = (int) PacketInput.u32(rest, FILE_HEADER_BYTES - 8, order) & 0xffff;
  }

  @Override
  public @Nullable Packet next() throws IOException {
    if (damage != null) {
      return null;
    }
    long at = in.offset();
    int got = in.read(header, header.length);
    if (got < header.length) {
      damage = got == 0 ? null : "offset " + at + ": the file ends within the header of a packet";
      return null;
    }
    long seconds = PacketInput.u32(header, 0, order);
    long fraction = PacketInput.u32(header, 4, order);
    long captured = PacketInput.u32(header, 8, order);
    long original = PacketInput.u32(header, 12, order);
    if (captured > MAX_PACKET_BYTES) {
      damage = "offset " + at + ": a packet of " + captured + " bytes";
      return null;
    }
    byte[] frame = new byte[(int) captured];
    if (in.read(frame, frame.length) < frame.length) {
      damage = "offset " + at + ": the file ends within a packet";
      return null;
    }
    number++;
    return new Packet(
        number,
        seconds * NANOS_PER_SECOND + fraction * nanosPerTick,
        linkType,
        Bytes.wrap(frame, 0, frame.length),
        Math.max(captured, original));
  }

  @Override
  public @Nullable String damage() {
    return damage;
  }

  @Override
  public Map<String, Long> skipped() {
    return Map.of();
  }

  @Override
  public String format() {
    return "pcap";
  }
}
