// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export.pcapng;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes pcapng (draft-ietf-opsawg-pcapng): one section, one interface of raw IP with times in
 * nanoseconds.
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> the caller closes the stream.
 */
public final class PcapNgWriter {
  private static final int SECTION_HEADER = 0x0a0d0d0a;
  private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
  private static final int INTERFACE_DESCRIPTION = 1;
  private static final int ENHANCED_PACKET = 6;
  private static final int OPTION_COMMENT = 1;
  private static final int OPTION_APPLICATION = 4;
  private static final int OPTION_INTERFACE_NAME = 2;
  private static final int OPTION_TIME_RESOLUTION = 9;
  private static final byte NANOSECONDS = 9;

  /** Packets that begin with IPv4 or IPv6 (LINKTYPE_RAW). */
  private static final int RAW_IP = 101;

  private static final int MAX_COMMENT_BYTES = 4096;

  private final OutputStream out;

  /**
   * Starts a file.
   *
   * @param application that writes it, with its version
   */
  public PcapNgWriter(OutputStream out, String application) throws IOException {
    this.out = out;
    ByteBuffer section = buffer(16 + optionBytes(application) + 4);
    section.putInt(BYTE_ORDER_MAGIC).putShort((short) 1).putShort((short) 0).putLong(-1);
    option(section, OPTION_APPLICATION, bytes(application));
    block(SECTION_HEADER, end(section));
    ByteBuffer description = buffer(64);
    description.putShort((short) RAW_IP).putShort((short) 0).putInt(0);
    option(description, OPTION_INTERFACE_NAME, bytes("tapedeck"));
    option(description, OPTION_TIME_RESOLUTION, new byte[] {NANOSECONDS});
    block(INTERFACE_DESCRIPTION, end(description));
  }

  /** Writes a packet of which all bytes are there. */
  void packet(long epochNanos, byte[] packet, int length, @Nullable String comment)
      throws IOException {
    ByteBuffer block =
        buffer(20 + padded(length) + (comment == null ? 4 : optionBytes(comment) + 4));
    block.putInt(0).putInt((int) (epochNanos >>> 32)).putInt((int) epochNanos);
    block.putInt(length).putInt(length);
    block.put(packet, 0, length).position(20 + padded(length));
    if (comment != null) {
      option(block, OPTION_COMMENT, bytes(comment));
    }
    block(ENHANCED_PACKET, comment == null ? block : end(block));
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] bytes(String text) {
    byte[] all = text.getBytes(StandardCharsets.UTF_8);
    if (all.length <= MAX_COMMENT_BYTES) {
      return all;
    }
    int end = MAX_COMMENT_BYTES;
    while (end > 0 && (all[end] & 0xc0) == 0x80) {
      end--;
    }
    return Arrays.copyOf(all, end);
  }

  private static int optionBytes(String text) {
    return 4 + padded(bytes(text).length);
  }

  private static void option(ByteBuffer block, int code, byte[] value) {
    block.putShort((short) code).putShort((short) value.length).put(value);
    block.position(padded(block.position()));
  }

  private static ByteBuffer end(ByteBuffer block) {
    return block.putInt(0);
  }

  private static int padded(int length) {
    return (length + 3) & ~3;
  }

  private void block(int type, ByteBuffer body) throws IOException {
    int length = 12 + body.position();
    out.write(buffer(8).putInt(type).putInt(length).array());
    out.write(body.array(), body.arrayOffset(), body.position());
    out.write(buffer(4).putInt(length).array());
  }
}
