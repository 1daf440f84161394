// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.packet;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Opens packet files by their first bytes. */
public final class PacketFiles {
  private static final int MAGIC_BYTES = 4;

  private PacketFiles() {}

  /** Returns whether a file that begins with these bytes is one of packets. */
  public static boolean isPackets(byte[] beginning) {
    return beginning.length >= MAGIC_BYTES
        && (pcapOrder(beginning) != null || isSection(beginning));
  }

  /** Returns the byte order of a pcap file; null when it is none. */
  private static @Nullable ByteOrder pcapOrder(byte[] magic) {
    for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
      int first = (int) PacketInput.u32(magic, 0, order);
      if (first == PcapReader.MICROSECONDS
          || first == PcapReader.NANOSECONDS
          || first == PcapReader.MODIFIED) {
        return order;
      }
    }
    return null;
  }

  private static boolean isSection(byte[] magic) {
    return (int) PacketInput.u32(magic, 0, ByteOrder.BIG_ENDIAN) == PcapNgReader.SECTION_HEADER;
  }

  /**
   * Begins to read a packet file.
   *
   * @param in the file, unpacked; closed by the caller
   * @param name for messages
   * @throws PacketFormatException when it is none
   * @throws IOException when the input cannot be read
   */
  public static PacketReader open(InputStream in, String name) throws IOException {
    PacketInput input = new PacketInput(in);
    byte[] magic = new byte[MAGIC_BYTES];
    if (input.read(magic, magic.length) < magic.length) {
      throw new PacketFormatException(name, 0, "the file is too short for one of packets");
    }
    ByteOrder order = pcapOrder(magic);
    if (order != null) {
      return new PcapReader(input, name, (int) PacketInput.u32(magic, 0, order), order);
    }
    if (isSection(magic)) {
      return new PcapNgReader(input, name);
    }
    throw new PacketFormatException(name, 0, "neither pcap nor pcapng");
  }
}
