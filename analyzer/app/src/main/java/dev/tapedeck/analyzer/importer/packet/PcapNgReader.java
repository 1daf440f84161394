// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.packet;

import dev.tapedeck.format.Bytes;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads pcapng files: several sections and interfaces, both byte orders, enhanced, simple and
 * obsolete packet blocks, any resolution of times. Blocks of other types are skipped and counted.
 *
 * <p>Source: draft-ietf-opsawg-pcapng, sections 3 and 4.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class PcapNgReader implements PacketReader {
  static final int SECTION_HEADER = 0x0a0d0d0a;

  private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
  private static final int INTERFACE = 1;
  private static final int OBSOLETE_PACKET = 2;
  private static final int SIMPLE_PACKET = 3;
  private static final int NAMES = 4;
  private static final int STATISTICS = 5;
  private static final int ENHANCED_PACKET = 6;
  private static final int SECRETS = 10;

  /** Type and length; the length stands again behind the body. */
  private static final int FRAMING_BYTES = 12;

  private static final int ENHANCED_HEADER_BYTES = 20;
  private static final int INTERFACE_HEADER_BYTES = 8;
  private static final int MAX_INTERFACES = 1 << 16;
  private static final int MAX_INTERFACE_BYTES = 1 << 20;

  private final PacketInput in;
  private final List<Interface> interfaces = new ArrayList<>();
  private final Map<String, Long> skipped = new TreeMap<>();
  private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
  private long number;
  private long lastNanos;
  private @Nullable String damage;

  private record Interface(int linkType, long snapLength, TickClock clock) {}

  /** Reads the first section's header behind its type. */
  PcapNgReader(PacketInput in, String name) throws IOException {
    this.in = in;
    String problem = beginSection();
    if (problem != null) {
      throw new PacketFormatException(name, 0, problem);
    }
  }

  @Override
  public @Nullable Packet next() throws IOException {
    byte[] framing = new byte[8];
    while (damage == null) {
      long at = in.offset();
      int got = in.read(framing, framing.length);
      if (got == 0) {
        return null;
      }
      int type = got < 4 ? 0 : (int) PacketInput.u32(framing, 0, order);
      if (got == framing.length && type == SECTION_HEADER) {
        damage(at, beginSection(framing));
        continue;
      }
      long length = got < framing.length ? 0 : PacketInput.u32(framing, 4, order);
      if (length < FRAMING_BYTES || length % 4 != 0) {
        damage(
            at,
            got < framing.length
                ? "the file ends within a block"
                : "a block of " + length + " bytes");
        return null;
      }
      Packet packet = block(at, type, length - FRAMING_BYTES);
      if (damage == null && in.skip(4) < 4) {
        damage(at, "the file ends within a block");
      }
      if (packet != null) {
        return packet;
      }
    }
    return null;
  }

  private @Nullable String beginSection() throws IOException {
    byte[] framing = new byte[8];
    return in.read(framing, 4) < 4
        ? "the file ends within its header"
        : beginSection(shift(framing));
  }

  private static byte[] shift(byte[] lengthFirst) {
    byte[] framing = new byte[8];
    System.arraycopy(lengthFirst, 0, framing, 4, 4);
    return framing;
  }

  /** Reads a section's header behind its length; returns what is wrong with it. */
  private @Nullable String beginSection(byte[] framing) throws IOException {
    byte[] body = new byte[16];
    if (in.read(body, body.length) < body.length) {
      return "the file ends within a section's header";
    }
    if ((int) PacketInput.u32(body, 0, ByteOrder.LITTLE_ENDIAN) == BYTE_ORDER_MAGIC) {
      order = ByteOrder.LITTLE_ENDIAN;
    } else if ((int) PacketInput.u32(body, 0, ByteOrder.BIG_ENDIAN) == BYTE_ORDER_MAGIC) {
      order = ByteOrder.BIG_ENDIAN;
    } else {
      return "a section's header without its byte order";
    }
    int major = PacketInput.u16(body, 4, order);
    if (major != 1) {
      return "version " + major + " of pcapng is not known";
    }
    long length = PacketInput.u32(framing, 4, order);
    if (length < FRAMING_BYTES + body.length || length % 4 != 0) {
      return "a section's header of " + length + " bytes";
    }
    long rest = length - 8 - body.length;
    if (in.skip(rest) < rest) {
      return "the file ends within a section's header";
    }
    interfaces.clear();
    return null;
  }

  private @Nullable Packet block(long at, int type, long bodyLength) throws IOException {
    switch (type) {
      case INTERFACE -> addInterface(at, bodyLength);
      case ENHANCED_PACKET, OBSOLETE_PACKET -> {
        return packet(at, type, bodyLength);
      }
      case SIMPLE_PACKET -> {
        return simplePacket(at, bodyLength);
      }
      case NAMES, STATISTICS -> skip(at, bodyLength);
      case SECRETS -> {
        count("blocks of decryption secrets");
        skip(at, bodyLength);
      }
      default -> {
        count("blocks of other types");
        skip(at, bodyLength);
      }
    }
    return null;
  }

  private void addInterface(long at, long bodyLength) throws IOException {
    if (bodyLength < INTERFACE_HEADER_BYTES
        || bodyLength > MAX_INTERFACE_BYTES
        || interfaces.size() == MAX_INTERFACES) {
      damage(at, "an interface's description of " + bodyLength + " bytes");
      return;
    }
    byte[] body = new byte[(int) bodyLength];
    if (in.read(body, body.length) < body.length) {
      damage(at, "the file ends within a block");
      return;
    }
    interfaces.add(
        new Interface(
            PacketInput.u16(body, 0, order),
            PacketInput.u32(body, 4, order),
            TickClock.ofOptions(body, INTERFACE_HEADER_BYTES, order)));
  }

  private @Nullable Packet packet(long at, int type, long bodyLength) throws IOException {
    byte[] header = new byte[ENHANCED_HEADER_BYTES];
    if (bodyLength < header.length) {
      damage(at, "a packet's block of " + bodyLength + " bytes");
      return null;
    }
    if (in.read(header, header.length) < header.length) {
      damage(at, "the file ends within a block");
      return null;
    }
    long index =
        type == ENHANCED_PACKET
            ? PacketInput.u32(header, 0, order)
            : PacketInput.u16(header, 0, order);
    if (index >= interfaces.size()) {
      damage(at, "a packet of interface " + index + ", which is not described");
      return null;
    }
    Interface seenBy = interfaces.get((int) index);
    long ticks = PacketInput.u32(header, 4, order) << 32 | PacketInput.u32(header, 8, order);
    lastNanos = seenBy.clock().epochNanos(ticks);
    return packet(
        at,
        seenBy,
        PacketInput.u32(header, 12, order),
        PacketInput.u32(header, 16, order),
        bodyLength - header.length);
  }

  /** A simple packet has no time: that of the packet before it is the nearest known. */
  private @Nullable Packet simplePacket(long at, long bodyLength) throws IOException {
    byte[] header = new byte[4];
    if (bodyLength < header.length || interfaces.isEmpty()) {
      damage(at, "a packet of interface 0, which is not described");
      return null;
    }
    if (in.read(header, header.length) < header.length) {
      damage(at, "the file ends within a block");
      return null;
    }
    Interface seenBy = interfaces.get(0);
    long original = PacketInput.u32(header, 0, order);
    long rest = bodyLength - header.length;
    long snapLength = seenBy.snapLength() == 0 ? original : seenBy.snapLength();
    count("packets without a time, which got that of the packet before");
    return packet(at, seenBy, Math.min(rest, Math.min(original, snapLength)), original, rest);
  }

  private @Nullable Packet packet(
      long at, Interface seenBy, long captured, long original, long rest) throws IOException {
    if (captured > rest || captured > PcapReader.MAX_PACKET_BYTES) {
      damage(at, "a packet of " + captured + " bytes in a block with room for " + rest);
      return null;
    }
    byte[] frame = new byte[(int) captured];
    if (in.read(frame, frame.length) < frame.length) {
      damage(at, "the file ends within a packet");
      return null;
    }
    skip(at, rest - captured);
    number++;
    return new Packet(
        number,
        lastNanos,
        seenBy.linkType(),
        Bytes.wrap(frame, 0, frame.length),
        Math.max(captured, original));
  }

  private void skip(long at, long length) throws IOException {
    if (in.skip(length) < length) {
      damage(at, "the file ends within a block");
    }
  }

  private void count(String what) {
    skipped.merge(what, 1L, Long::sum);
  }

  private void damage(long at, @Nullable String problem) {
    if (problem != null && damage == null) {
      damage = "offset " + at + ": " + problem;
    }
  }

  @Override
  public @Nullable String damage() {
    return damage;
  }

  @Override
  public Map<String, Long> skipped() {
    return Collections.unmodifiableMap(skipped);
  }

  @Override
  public String format() {
    return "pcapng";
  }
}
