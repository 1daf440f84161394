// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export.pcapng;

import dev.tapedeck.format.Bytes;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Makes the packets of one TCP connection: raw IPv4 (RFC 791) or IPv6 (RFC 8200) with a TCP header
 * (RFC 9293) without options.
 *
 * <p>A byte's sequence number follows from its position in the stream and where the connection's
 * numbers begin, so that bytes that were not captured are missing segments.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class TcpPackets {
  /** Most bytes of a segment, so that a packet fits into 64 KiB. */
  static final int MAX_SEGMENT_BYTES = 60_000;

  static final int FIN = 1;
  static final int SYN = 2;
  static final int RST = 4;
  static final int PUSH = 8;
  static final int ACK = 16;

  private static final int TCP = 6;
  private static final int TCP_HEADER = 20;

  /** Longest packet: IPv6 and TCP header, and a segment. */
  static final int MAX_PACKET_BYTES = 40 + TCP_HEADER + MAX_SEGMENT_BYTES;

  private static final byte HOPS = 64;
  private static final short WINDOW = (short) 65535;

  private final byte[] client;
  private final byte[] server;
  private final int clientPort;
  private final int serverPort;

  /** The initial sequence number of both sides. */
  private final int firstSequence;

  /** Shared with other connections: it holds the packet that was made last. */
  private final byte[] packet;

  private int identification;

  /** Positions of the next byte of client and server: what the other side acknowledges. */
  private final long[] next = new long[2];

  /**
   * Begins a connection.
   *
   * @param client address, 4 or 16 bytes as that of the server
   * @param firstSequence initial sequence number of both sides
   * @param packet where packets are made, {@link #MAX_PACKET_BYTES} long; several connections may
   *     share one
   */
  TcpPackets(
      byte[] client,
      int clientPort,
      byte[] server,
      int serverPort,
      int firstSequence,
      byte[] packet) {
    this.client = client;
    this.server = server;
    this.clientPort = clientPort;
    this.serverPort = serverPort;
    this.firstSequence = firstSequence;
    this.packet = packet;
  }

  private int ipHeader() {
    return client.length == 4 ? 20 : 40;
  }

  /** Returns the bytes of the packet that was made last. */
  byte[] packet() {
    return packet;
  }

  /** Returns the position of the next byte of a side. */
  long next(boolean fromClient) {
    return next[fromClient ? 0 : 1];
  }

  /** Says that a side sent bytes up to a position, of which not all were captured. */
  void skip(boolean fromClient, long position) {
    next[fromClient ? 0 : 1] = Math.max(next(fromClient), position);
  }

  /**
   * Makes a packet without data.
   *
   * @param atStart for the sequence number before the first byte
   * @return its length
   */
  int control(boolean fromClient, int flags, boolean atStart) {
    int sequence = atStart ? 0 : (int) (next(fromClient) + 1);
    int acknowledged = atStart ? 1 : (int) (next(!fromClient) + 1);
    return make(fromClient, flags, sequence, acknowledged, 0);
  }

  /** Makes a packet with data and returns its length. */
  int data(boolean fromClient, Bytes run, int from, int to, long position) {
    run.copyTo(from, packet, ipHeader() + TCP_HEADER, to - from);
    int length =
        make(
            fromClient, ACK | PUSH, (int) (position + 1), (int) (next(!fromClient) + 1), to - from);
    skip(fromClient, position + (to - from));
    return length;
  }

  /** Makes the acknowledgment of a connection's end: one more than the last byte. */
  int lastAcknowledgment(boolean fromClient, boolean hasEnded) {
    return make(
        fromClient,
        ACK,
        (int) (next(fromClient) + (hasEnded ? 2 : 1)),
        (int) (next(!fromClient) + 2),
        0);
  }

  private int make(boolean fromClient, int flags, int sequence, int acknowledged, int dataBytes) {
    int total = ipHeader() + TCP_HEADER + dataBytes;
    byte[] source = fromClient ? client : server;
    byte[] target = fromClient ? server : client;
    ByteBuffer header = ByteBuffer.wrap(packet);
    if (client.length == 4) {
      header.put((byte) 0x45).put((byte) 0).putShort((short) total);
      header.putShort((short) identification++).putShort((short) 0x4000);
      header.put(HOPS).put((byte) TCP).putShort((short) 0).put(source).put(target);
      header.putShort(10, (short) ~folded(sum(packet, 0, 20)));
    } else {
      header.putInt(0x6000_0000).putShort((short) (TCP_HEADER + dataBytes));
      header.put((byte) TCP).put(HOPS).put(source).put(target);
    }
    int tcp = header.position();
    header.putShort((short) (fromClient ? clientPort : serverPort));
    header.putShort((short) (fromClient ? serverPort : clientPort));
    header.putInt(firstSequence + sequence);
    header.putInt((flags & ACK) == 0 ? 0 : firstSequence + acknowledged);
    header.put((byte) 0x50).put((byte) flags).putShort(WINDOW).putShort((short) 0);
    header.putShort((short) 0);
    // RFC 9293, section 3.1: over addresses, protocol, length, header and data.
    long sum =
        sum(source, 0, source.length)
            + sum(target, 0, target.length)
            + TCP
            + TCP_HEADER
            + dataBytes
            + sum(packet, tcp, TCP_HEADER + dataBytes);
    header.putShort(tcp + 16, (short) ~folded(sum));
    return total;
  }

  private static long sum(byte[] bytes, int from, int length) {
    long sum = 0;
    int end = from + length;
    for (int i = from; i + 1 < end; i += 2) {
      sum += (bytes[i] & 0xff) << 8 | (bytes[i + 1] & 0xff);
    }
    return (length & 1) == 0 ? sum : sum + ((bytes[end - 1] & 0xff) << 8);
  }

  private static int folded(long sum) {
    long folded = sum;
    while (folded > 0xffff) {
      folded = (folded & 0xffff) + (folded >> 16);
    }
    return (int) folded;
  }

  /** Returns an IPv4 address as IPv6 writes it (RFC 4291, section 2.5.5.2). */
  static byte[] mapped(byte[] address) {
    if (address.length == 16) {
      return address;
    }
    byte[] mapped = new byte[16];
    Arrays.fill(mapped, 10, 12, (byte) 0xff);
    System.arraycopy(address, 0, mapped, 12, 4);
    return mapped;
  }
}
