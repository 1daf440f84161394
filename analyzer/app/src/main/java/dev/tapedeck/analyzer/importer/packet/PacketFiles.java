// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.packet;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorInputStream;

/** Opens packet files, also compressed ones, by their first bytes. */
public final class PacketFiles {
  private static final int MAGIC_BYTES = 4;
  private static final int BUFFER_BYTES = 1 << 16;

  private PacketFiles() {}

  /**
   * Returns the input itself, or what it unpacks to when it is gzip, zstd or bzip2.
   *
   * @throws IOException when the input cannot be read
   */
  public static InputStream unpacked(InputStream in) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(in, BUFFER_BYTES);
    buffered.mark(MAGIC_BYTES);
    byte[] magic = buffered.readNBytes(MAGIC_BYTES);
    buffered.reset();
    if (magic.length < MAGIC_BYTES) {
      return buffered;
    }
    int first = (int) PacketInput.u32(magic, 0, ByteOrder.BIG_ENDIAN);
    if (first >>> 16 == 0x1f8b) {
      return GzipCompressorInputStream.builder()
          .setInputStream(buffered)
          .setDecompressConcatenated(true)
          .get();
    } else if (first == 0x28b52ffd) {
      return new ZstdCompressorInputStream(buffered);
    } else if (first >>> 8 == 0x425a68) {
      return new BZip2CompressorInputStream(buffered, true);
    }
    return buffered;
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
    for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
      int first = (int) PacketInput.u32(magic, 0, order);
      if (first == PcapReader.MICROSECONDS
          || first == PcapReader.NANOSECONDS
          || first == PcapReader.MODIFIED) {
        return new PcapReader(input, name, first, order);
      }
    }
    if ((int) PacketInput.u32(magic, 0, ByteOrder.BIG_ENDIAN) == PcapNgReader.SECTION_HEADER) {
      return new PcapNgReader(input, name);
    }
    throw new PacketFormatException(name, 0, "neither pcap nor pcapng");
  }
}
