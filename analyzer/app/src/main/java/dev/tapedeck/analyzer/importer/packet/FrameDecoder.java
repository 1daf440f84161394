// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.packet;

import dev.tapedeck.format.Bytes;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Finds the TCP segments in packets: through link layers, VLAN tags, MPLS, PPPoE, IPv4 and IPv6
 * with options, extension headers and fragments, and through tunnels (IP in IP, GRE, VXLAN,
 * Geneve).
 *
 * <p><b>Threads:</b> confined to one. <b>Limits:</b> {@value #MAX_DEPTH} headers of link and
 * network layers in one packet.
 */
public final class FrameDecoder {
  static final int MAX_DEPTH = 16;

  private static final int LLC_MAX = 1500;
  private static final int IPV4 = 0x0800;
  private static final int IPV6 = 0x86dd;
  private static final int ARCNET_IP_OLD = 240;
  private static final int ARCNET_IP = 212;
  private static final int NETFILTER_PAYLOAD = 9;

  private final IpDecoder ip;
  private final Map<LeftOut, Long> leftOut = new EnumMap<>(LeftOut.class);
  private final Map<Integer, Long> unsupportedLinks = new TreeMap<>();
  private long packets;

  /**
   * Makes a decoder.
   *
   * @param sink takes the segments, in the order of the packets
   */
  public FrameDecoder(Consumer<Segment> sink) {
    this.ip = new IpDecoder(this, sink);
  }

  /** Looks into a packet. */
  public void decode(Packet packet) {
    packets++;
    ip.begin(packet);
    Bytes frame = packet.frame();
    int from = frame.sharedOffset();
    link(packet.linkType(), frame.sharedArray(), from, from + frame.length(), 0);
  }

  /** Returns how many packets were looked into. */
  public long packets() {
    return packets;
  }

  /** Returns how many segments have a wrong checksum, as where a network card makes it later. */
  public long badChecksums() {
    return ip.badChecksums();
  }

  /** Returns why packets gave no segment, with how many. */
  public Map<LeftOut, Long> leftOut() {
    Map<LeftOut, Long> counts = new EnumMap<>(LeftOut.class);
    counts.putAll(leftOut);
    long fragments = ip.abandonedFragments();
    if (fragments > 0) {
      counts.put(LeftOut.FRAGMENT, fragments);
    }
    return counts;
  }

  /** Returns the link types that are not supported, with how many packets have them. */
  public Map<Integer, Long> unsupportedLinks() {
    return new TreeMap<>(unsupportedLinks);
  }

  void leaveOut(LeftOut reason) {
    leftOut.merge(reason, 1L, Long::sum);
  }

  void link(int linkType, byte[] frame, int from, int end, int depth) {
    int header = LinkTypes.headerBytes(linkType);
    if (header < 0) {
      unsupportedLinks.merge(linkType, 1L, Long::sum);
      leaveOut(LeftOut.LINK_TYPE);
    } else if (end - from < header) {
      leaveOut(LeftOut.CUT_HEADERS);
    } else {
      int body = from + header;
      switch (linkType) {
        case LinkTypes.ETHERNET -> etherType(Bits.u16(frame, body - 2), frame, body, end, depth);
        case LinkTypes.LINUX_COOKED ->
            etherType(Bits.u16(frame, body - 2), frame, body, end, depth);
        case LinkTypes.LINUX_COOKED_2 -> etherType(Bits.u16(frame, from), frame, body, end, depth);
        case LinkTypes.CISCO_HDLC -> etherType(Bits.u16(frame, body - 2), frame, body, end, depth);
        case LinkTypes.NULL, LinkTypes.LOOP -> family(frame, from, body, end, depth);
        case LinkTypes.PPP, LinkTypes.PPP_HDLC -> ppp(frame, body, end, depth);
        case LinkTypes.PPP_ETHER -> etherType(LinkTypes.PPPOE, frame, from, end, depth);
        case LinkTypes.LINUX_ARCNET -> arcnet(frame, body, end, depth);
        case LinkTypes.NETFILTER_LOG -> netfilterLog(frame, body, end, depth);
        default -> network(frame, body, end, depth);
      }
    }
  }

  /** BSD loopback: a protocol family in the byte order of the host, or in network order. */
  private void family(byte[] frame, int from, int body, int end, int depth) {
    long first = Bits.u32(frame, from);
    long family = first > 0xffff ? Integer.reverseBytes((int) first) & 0xffff_ffffL : first;
    if (LinkTypes.isInternetFamily(family)) {
      network(frame, body, end, depth);
    } else {
      leaveOut(LeftOut.NOT_IP);
    }
  }

  /** RFC 1051 has nothing behind the type, RFC 1201 a flag and a sequence number. */
  private void arcnet(byte[] frame, int body, int end, int depth) {
    int type = Bits.u8(frame, body - 1);
    if (type == ARCNET_IP_OLD || type == ARCNET_IP) {
      network(frame, type == ARCNET_IP ? body + 3 : body, end, depth);
    } else {
      leaveOut(LeftOut.NOT_IP);
    }
  }

  /** Attributes of length, type and value, padded to 4 bytes, in the byte order of the host. */
  private void netfilterLog(byte[] frame, int from, int end, int depth) {
    int at = from;
    while (end - at >= 4) {
      int length = Bits.u8(frame, at + 1) << 8 | Bits.u8(frame, at);
      int type = (Bits.u8(frame, at + 3) << 8 | Bits.u8(frame, at + 2)) & 0x7fff;
      if (type > 0xff) {
        length = Bits.u16(frame, at);
        type = Bits.u16(frame, at + 2) & 0x7fff;
      }
      if (type == NETFILTER_PAYLOAD) {
        network(frame, at + 4, Math.min(end, at + length), depth);
        return;
      }
      if (length < 4) {
        break;
      }
      at += (length + 3) / 4 * 4;
    }
    leaveOut(LeftOut.NOT_IP);
  }

  private void ppp(byte[] frame, int from, int end, int depth) {
    int at = from;
    // RFC 1662, section 3.1: address and control may be left out.
    if (end - at >= 4 && Bits.u16(frame, at) == 0xff03) {
      at += 2;
    }
    if (end - at < 2) {
      leaveOut(LeftOut.CUT_HEADERS);
      return;
    }
    int protocol = Bits.u8(frame, at) % 2 == 1 ? Bits.u8(frame, at) : Bits.u16(frame, at);
    int body = at + (Bits.u8(frame, at) % 2 == 1 ? 1 : 2);
    if (protocol == 0x21 || protocol == 0x57) {
      network(frame, body, end, depth);
    } else {
      leaveOut(LeftOut.NOT_IP);
    }
  }

  void etherType(int type, byte[] frame, int from, int end, int depth) {
    int found = type;
    int at = from;
    for (int tags = 0; tags < MAX_DEPTH && LinkTypes.isVlanTag(found); tags++) {
      if (end - at < 4) {
        leaveOut(LeftOut.CUT_HEADERS);
        return;
      }
      found = Bits.u16(frame, at + 2);
      at += 4;
    }
    if (found == IPV4 || found == IPV6) {
      network(frame, at, end, depth);
    } else if (found == LinkTypes.MPLS || found == LinkTypes.MPLS_MULTICAST) {
      mpls(frame, at, end, depth);
    } else if (found == LinkTypes.PPPOE && end - at >= 8) {
      ppp(frame, at + 6, end, depth);
    } else if (found == LinkTypes.TRANSPARENT_ETHERNET) {
      nested(LinkTypes.ETHERNET, frame, at, end, depth);
    } else if (depth < MAX_DEPTH
        && found <= LLC_MAX
        && end - at >= 8
        && Bits.u16(frame, at) == 0xaaaa) {
      // IEEE 802.2 with SNAP (RFC 1042).
      etherType(Bits.u16(frame, at + 6), frame, at + 8, end, depth + 1);
    } else {
      leaveOut(LeftOut.NOT_IP);
    }
  }

  void nested(int linkType, byte[] frame, int from, int end, int depth) {
    if (depth >= MAX_DEPTH) {
      leaveOut(LeftOut.MALFORMED);
    } else {
      link(linkType, frame, from, end, depth + 1);
    }
  }

  private void mpls(byte[] frame, int from, int end, int depth) {
    int at = from;
    // RFC 3032, section 2.1: the last label has the bottom bit.
    while (end - at >= 4) {
      boolean last = (Bits.u8(frame, at + 2) & 1) != 0;
      at += 4;
      if (last) {
        network(frame, at, end, depth);
        return;
      }
    }
    leaveOut(LeftOut.CUT_HEADERS);
  }

  private void network(byte[] frame, int from, int end, int depth) {
    if (depth >= MAX_DEPTH) {
      leaveOut(LeftOut.MALFORMED);
    } else {
      ip.decode(frame, from, end, depth + 1);
    }
  }
}
