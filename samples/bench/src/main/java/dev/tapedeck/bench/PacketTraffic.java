// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamOwner;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The packets that carry the bytes of events, as a pcap file: Ethernet, IPv4, TCP with sound
 * checksums. Each connection has its handshake and its end, each segment acknowledges what came
 * before, and no packet carries an acknowledgment alone: a reader of packets has nothing to do that
 * the traffic does not ask for.
 */
final class PacketTraffic {
  private static final int NANOSECOND_MAGIC = 0xa1b23c4d;
  private static final int ETHERNET = 1;
  private static final int SNAP_BYTES = 65_535;
  private static final int MAX_SEGMENT_BYTES = 1448;
  private static final int ETHERNET_BYTES = 14;
  private static final int IP_BYTES = 20;
  private static final int TCP_BYTES = 20;
  private static final int SERVER_PORT = 80;
  private static final int FIRST_CLIENT_PORT = 40_000;
  private static final int SERVER_ADDRESS = 0x0a000002;
  private static final int CLIENT_ADDRESS = 0x0a000001;
  private static final int DO_NOT_FRAGMENT = 0x4000;
  private static final int FIN = 1;
  private static final int SYN = 2;
  private static final int PUSH = 8;
  private static final int ACK = 16;
  private static final long EPOCH_SECONDS = 1_700_000_000L;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final ByteArrayOutputStream file = new ByteArrayOutputStream(1 << 20);
  private final Map<StreamOwner, Flow> flows = new LinkedHashMap<>();
  private long packets;
  private long payloadBytes;

  private PacketTraffic() {
    ByteBuffer header = ByteBuffer.allocate(24);
    header.putInt(NANOSECOND_MAGIC).putShort((short) 2).putShort((short) 4);
    header.putInt(0).putInt(0).putInt(SNAP_BYTES).putInt(ETHERNET);
    file.writeBytes(header.array());
  }

  /** What is known of a connection: the next sequence number of each side. */
  private static final class Flow {
    private final int clientPort;
    private int clientNext;
    private int serverNext;

    Flow(int clientPort) {
      this.clientPort = clientPort;
    }
  }

  /** A packet file; its bytes are never to be changed. */
  static final class PacketFile {
    private final byte[] pcap;
    private final long packets;
    private final long payloadBytes;

    private PacketFile(byte[] pcap, long packets, long payloadBytes) {
      this.pcap = pcap;
      this.packets = packets;
      this.payloadBytes = payloadBytes;
    }

    byte[] pcap() {
      return pcap;
    }

    long packets() {
      return packets;
    }

    /** Returns how many bytes TCP carries in it. */
    long payloadBytes() {
      return payloadBytes;
    }
  }

  /** Returns the packets of data that a server moved; its requests came in. */
  static PacketFile of(List<CaptureEvent> events) {
    PacketTraffic traffic = new PacketTraffic();
    long nanos = 0;
    for (CaptureEvent event : events) {
      nanos = event.stamp().exitNanos();
      Bytes payload = event instanceof StreamEvent.Data data ? data.payload() : null;
      if (payload != null && event instanceof StreamEvent.Data data) {
        boolean request = data.stream().direction() == Direction.INGRESS;
        Flow flow = traffic.flow(data.stream().owner(), nanos);
        for (int at = 0; at < payload.length(); at += MAX_SEGMENT_BYTES) {
          int end = Math.min(payload.length(), at + MAX_SEGMENT_BYTES);
          traffic.packet(flow, request, PUSH | ACK, payload.slice(at, end), nanos);
        }
      }
    }
    for (Flow flow : traffic.flows.values()) {
      traffic.packet(flow, true, FIN | ACK, Bytes.empty(), nanos);
      traffic.packet(flow, false, FIN | ACK, Bytes.empty(), nanos);
    }
    return new PacketFile(traffic.file.toByteArray(), traffic.packets, traffic.payloadBytes);
  }

  private Flow flow(StreamOwner owner, long nanos) {
    Flow known = flows.get(owner);
    if (known != null) {
      return known;
    }
    Flow flow = new Flow(FIRST_CLIENT_PORT + flows.size());
    flows.put(owner, flow);
    packet(flow, true, SYN, Bytes.empty(), nanos);
    packet(flow, false, SYN | ACK, Bytes.empty(), nanos);
    packet(flow, true, ACK, Bytes.empty(), nanos);
    return flow;
  }

  private void packet(Flow flow, boolean fromClient, int flags, Bytes payload, long nanos) {
    int length = IP_BYTES + TCP_BYTES + payload.length();
    ByteBuffer packet = ByteBuffer.allocate(16 + ETHERNET_BYTES + length);
    packet.putInt((int) (EPOCH_SECONDS + nanos / NANOS_PER_SECOND));
    packet.putInt((int) (nanos % NANOS_PER_SECOND));
    packet.putInt(ETHERNET_BYTES + length).putInt(ETHERNET_BYTES + length);
    packet.put(new byte[ETHERNET_BYTES - 2]).putShort((short) 0x0800);

    final int ip = packet.position();
    int source = fromClient ? CLIENT_ADDRESS : SERVER_ADDRESS;
    int target = fromClient ? SERVER_ADDRESS : CLIENT_ADDRESS;
    packet.putShort((short) 0x4500).putShort((short) length);
    packet.putShort((short) packets).putShort((short) DO_NOT_FRAGMENT);
    packet.put((byte) 64).put((byte) 6).putShort((short) 0).putInt(source).putInt(target);
    packet.putShort(ip + 10, checksum(0, packet, ip, IP_BYTES));

    final int tcp = packet.position();
    packet.putShort((short) (fromClient ? flow.clientPort : SERVER_PORT));
    packet.putShort((short) (fromClient ? SERVER_PORT : flow.clientPort));
    packet.putInt(fromClient ? flow.clientNext : flow.serverNext);
    packet.putInt((flags & ACK) == 0 ? 0 : fromClient ? flow.serverNext : flow.clientNext);
    packet.put((byte) ((TCP_BYTES / 4) << 4)).put((byte) flags).putShort((short) 0xffff).putInt(0);
    packet.put(payload.asBuffer());
    int segmentBytes = TCP_BYTES + payload.length();
    // RFC 9293, section 3.1: addresses, protocol and length are summed up too.
    long pseudo = (source >>> 16) + (source & 0xffffL) + (target >>> 16) + (target & 0xffffL);
    packet.putShort(tcp + 16, checksum(pseudo + 6 + segmentBytes, packet, tcp, segmentBytes));
    file.writeBytes(packet.array());

    int moved = payload.length() + ((flags & (SYN | FIN)) == 0 ? 0 : 1);
    if (fromClient) {
      flow.clientNext += moved;
    } else {
      flow.serverNext += moved;
    }
    packets++;
    payloadBytes += payload.length();
  }

  private static short checksum(long start, ByteBuffer bytes, int from, int length) {
    long sum = start;
    for (int i = 0; i + 1 < length; i += 2) {
      sum += bytes.getShort(from + i) & 0xffff;
    }
    if (length % 2 == 1) {
      sum += (bytes.get(from + length - 1) & 0xff) << 8;
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (short) ~sum;
  }
}
