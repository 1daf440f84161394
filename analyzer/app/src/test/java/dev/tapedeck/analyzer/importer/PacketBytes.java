// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import dev.tapedeck.format.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Headers of packets and packet files, byte by byte. */
final class PacketBytes {
  static final int FIN = 1;
  static final int SYN = 2;
  static final int RST = 4;
  static final int ACK = 16;

  static final int ETHERNET = 1;
  static final int CLIENT_PORT = 40_000;

  /** One on which nothing but HTTP is expected. */
  static final int SERVER_PORT = 80;

  private static final byte[] CLIENT = {10, 0, 0, 1};
  private static final byte[] SERVER = {10, 0, 0, 2};

  private PacketBytes() {}

  /** A frame and when it was seen. */
  record Frame(long epochNanos, Bytes bytes) {}

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  /** A TCP segment between the two hosts, with its checksum. */
  static byte[] tcp(
      boolean fromClient, int port, int sequence, int acknowledgment, int flags, byte[] payload) {
    byte[] segment =
        ByteBuffer.allocate(20 + payload.length)
            .putShort((short) (fromClient ? CLIENT_PORT : port))
            .putShort((short) (fromClient ? port : CLIENT_PORT))
            .putInt(sequence)
            .putInt(acknowledgment)
            .putShort((short) (5 << 12 | flags))
            .putShort((short) 65_535)
            .putInt(0)
            .put(payload)
            .array();
    byte[] pseudo = join(CLIENT, SERVER, bytes(0, 6, segment.length >> 8, segment.length), segment);
    int sum = checksum(pseudo);
    segment[16] = (byte) (sum >> 8);
    segment[17] = (byte) sum;
    return segment;
  }

  static int checksum(byte[] bytes) {
    long sum = 0;
    for (int i = 0; i < bytes.length; i++) {
      sum += (long) (bytes[i] & 0xff) << (i % 2 == 0 ? 8 : 0);
    }
    while (sum >> 16 != 0) {
      sum = (sum & 0xffff) + (sum >> 16);
    }
    return (int) (~sum & 0xffff);
  }

  static byte[] ipv4(boolean fromClient, int protocol, byte[] content) {
    return ipv4(fromClient, protocol, 7, 0, content);
  }

  /** One datagram, or a fragment by its flags and offset. */
  static byte[] ipv4(boolean fromClient, int protocol, int id, int fragment, byte[] content) {
    int length = 20 + content.length;
    return join(
        bytes(
            0x45, 0, length >> 8, length, id >> 8, id, fragment >> 8, fragment, 64, protocol, 0, 0),
        fromClient ? CLIENT : SERVER,
        fromClient ? SERVER : CLIENT,
        content);
  }

  /** The same two hosts; their IPv4 addresses stand at the end of ::1:0:0:0. */
  static byte[] ipv6(boolean fromClient, int nextHeader, byte[] content) {
    byte[] prefix = bytes(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0);
    return join(
        bytes(0x60, 0, 0, 0, content.length >> 8, content.length, nextHeader, 64),
        prefix,
        fromClient ? CLIENT : SERVER,
        prefix,
        fromClient ? SERVER : CLIENT,
        content);
  }

  static byte[] ethernet(int type, byte[] content) {
    return join(new byte[12], bytes(type >> 8, type), content);
  }

  static byte[] pcap(int linkType, List<Frame> frames) {
    return pcap(ByteOrder.LITTLE_ENDIAN, 0xa1b23c4d, linkType, Integer.MAX_VALUE, frames);
  }

  static byte[] pcap(ByteOrder order, int magic, int linkType, int snapLength, List<Frame> frames) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        ByteBuffer.allocate(24)
            .order(order)
            .putInt(magic)
            .putShort((short) 2)
            .putShort((short) 4)
            .putLong(0)
            .putInt(snapLength)
            .putInt(linkType)
            .array());
    for (Frame frame : frames) {
      int captured = Math.min(snapLength, frame.bytes().length());
      long fraction = frame.epochNanos() % 1_000_000_000L;
      ByteBuffer header =
          ByteBuffer.allocate(magic == 0xa1b2cd34 ? 24 : 16)
              .order(order)
              .putInt((int) (frame.epochNanos() / 1_000_000_000L))
              .putInt((int) (magic == 0xa1b23c4d ? fraction : fraction / 1000))
              .putInt(captured)
              .putInt(frame.bytes().length());
      out.writeBytes(header.array());
      out.writeBytes(frame.bytes().slice(0, captured).toArray());
    }
    return out.toByteArray();
  }

  /** A block of pcapng. */
  static byte[] block(ByteOrder order, int type, byte[] body) {
    int padded = (body.length + 3) / 4 * 4;
    return ByteBuffer.allocate(12 + padded)
        .order(order)
        .putInt(type)
        .putInt(12 + padded)
        .put(body)
        .putInt(8 + padded, 12 + padded)
        .array();
  }

  static byte[] section(ByteOrder order) {
    return block(
        order,
        0x0a0d0d0a,
        ByteBuffer.allocate(16)
            .order(order)
            .putInt(0x1a2b3c4d)
            .putShort((short) 1)
            .putShort((short) 0)
            .putLong(-1)
            .array());
  }

  static byte[] interfaceOf(ByteOrder order, int linkType, int snapLength, byte[] options) {
    return block(
        order,
        1,
        join(
            ByteBuffer.allocate(8)
                .order(order)
                .putShort((short) linkType)
                .putShort((short) 0)
                .putInt(snapLength)
                .array(),
            options));
  }

  static byte[] enhanced(ByteOrder order, int interfaceId, long ticks, byte[] frame) {
    return block(
        order,
        6,
        join(
            ByteBuffer.allocate(20)
                .order(order)
                .putInt(interfaceId)
                .putInt((int) (ticks >>> 32))
                .putInt((int) ticks)
                .putInt(frame.length)
                .putInt(frame.length)
                .array(),
            frame));
  }
}
