// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.packet;

import dev.tapedeck.format.Bytes;
import java.util.function.Consumer;

/**
 * Reads IPv4 (RFC 791), IPv6 (RFC 8200), TCP (RFC 9293) and the tunnels that carry them.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class IpDecoder {
  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int IPV4_IN_IP = 4;
  private static final int IPV6_IN_IP = 41;
  private static final int GRE = 47;
  private static final int ICMP = 1;
  private static final int ICMPV6 = 58;
  private static final int AUTHENTICATION = 51;
  private static final int FRAGMENT = 44;
  private static final int IPV4_HEADER_BYTES = 20;
  private static final int IPV6_HEADER_BYTES = 40;
  private static final int TCP_HEADER_BYTES = 20;
  private static final int UDP_HEADER_BYTES = 8;
  private static final int VXLAN_PORT = 4789;
  private static final int VXLAN_PORT_OF_LINUX = 8472;
  private static final int GENEVE_PORT = 6081;

  private final FrameDecoder frames;
  private final Consumer<Segment> sink;
  private final Fragments fragments = new Fragments();
  private long packetNumber;
  private long epochNanos;
  private long badChecksums;

  IpDecoder(FrameDecoder frames, Consumer<Segment> sink) {
    this.frames = frames;
    this.sink = sink;
  }

  /**
   * Content of a datagram, of which the captured part is a run of bytes.
   *
   * @param length of the content on the wire
   * @param depth how many headers stand before it
   */
  private record Content(
      IpAddress source,
      IpAddress destination,
      int protocol,
      Bytes captured,
      int length,
      int depth) {
    Content {
      if (length < 0) {
        throw new IllegalArgumentException("length=" + length);
      }
    }

    byte[] bytes() {
      return captured.sharedArray();
    }

    int from() {
      return captured.sharedOffset();
    }

    int end() {
      return captured.sharedOffset() + captured.length();
    }

    boolean isWhole() {
      return captured.length() >= length;
    }
  }

  void begin(Packet packet) {
    packetNumber = packet.number();
    epochNanos = packet.epochNanos();
  }

  long badChecksums() {
    return badChecksums;
  }

  long abandonedFragments() {
    return fragments.abandoned();
  }

  void decode(byte[] frame, int from, int end, int depth) {
    if (depth > FrameDecoder.MAX_DEPTH) {
      frames.leaveOut(LeftOut.MALFORMED);
    } else if (end <= from) {
      frames.leaveOut(LeftOut.CUT_HEADERS);
    } else if (Bits.u8(frame, from) >> 4 == 4) {
      v4(frame, from, end, depth);
    } else if (Bits.u8(frame, from) >> 4 == 6) {
      v6(frame, from, end, depth);
    } else {
      frames.leaveOut(LeftOut.NOT_IP);
    }
  }

  private void v4(byte[] frame, int from, int end, int depth) {
    if (end - from < IPV4_HEADER_BYTES) {
      frames.leaveOut(LeftOut.CUT_HEADERS);
      return;
    }
    int headerBytes = (Bits.u8(frame, from) & 15) * 4;
    int stated = Bits.u16(frame, from + 2);
    // 0: the sending system left the length to the network card (segmentation offload).
    int total = stated == 0 ? end - from : stated;
    if (headerBytes < IPV4_HEADER_BYTES || total < headerBytes) {
      frames.leaveOut(LeftOut.MALFORMED);
      return;
    }
    if (end - from < headerBytes) {
      frames.leaveOut(LeftOut.CUT_HEADERS);
      return;
    }
    IpAddress source = IpAddress.v4(frame, from + 12);
    IpAddress destination = IpAddress.v4(frame, from + 16);
    int protocol = Bits.u8(frame, from + 9);
    int flags = Bits.u16(frame, from + 6);
    int body = from + headerBytes;
    // What stands behind the datagram is padding of the link.
    int bodyEnd = Math.min(end, from + total);
    if ((flags & 0x3fff) != 0) {
      fragment(
          new Fragments.Key(source, destination, Bits.u16(frame, from + 4), protocol),
          (flags & 0x1fff) * 8,
          (flags & 0x2000) != 0,
          new Content(
              source,
              destination,
              protocol,
              Bytes.wrap(frame, body, bodyEnd - body),
              total - headerBytes,
              depth));
      return;
    }
    content(
        new Content(
            source,
            destination,
            protocol,
            Bytes.wrap(frame, body, bodyEnd - body),
            total - headerBytes,
            depth));
  }

  private void v6(byte[] frame, int from, int end, int depth) {
    if (end - from < IPV6_HEADER_BYTES) {
      frames.leaveOut(LeftOut.CUT_HEADERS);
      return;
    }
    int stated = Bits.u16(frame, from + 4);
    int total = stated == 0 ? end - from : IPV6_HEADER_BYTES + stated;
    IpAddress source = IpAddress.v6(frame, from + 8);
    IpAddress destination = IpAddress.v6(frame, from + 24);
    int bodyEnd = Math.min(end, from + total);
    int at = from + IPV6_HEADER_BYTES;
    int next = Bits.u8(frame, from + 6);
    while (isExtension(next)) {
      if (bodyEnd - at < 8) {
        frames.leaveOut(LeftOut.CUT_HEADERS);
        return;
      }
      int following = Bits.u8(frame, at);
      if (next == FRAGMENT) {
        int flags = Bits.u16(frame, at + 2);
        long id = Bits.u32(frame, at + 4);
        at += 8;
        next = following;
        if ((flags & ~7) != 0 || (flags & 1) != 0) {
          fragment(
              new Fragments.Key(source, destination, id, following),
              flags & ~7,
              (flags & 1) != 0,
              new Content(
                  source,
                  destination,
                  following,
                  Bytes.wrap(frame, at, bodyEnd - at),
                  from + total - at,
                  depth));
          return;
        }
      } else {
        int units = Bits.u8(frame, at + 1);
        at += next == AUTHENTICATION ? (units + 2) * 4 : (units + 1) * 8;
        next = following;
      }
    }
    if (at > bodyEnd) {
      frames.leaveOut(LeftOut.CUT_HEADERS);
      return;
    }
    content(
        new Content(
            source,
            destination,
            next,
            Bytes.wrap(frame, at, bodyEnd - at),
            from + total - at,
            depth));
  }

  /** Extension headers of which the length is known (RFC 8200, 4; RFC 6275; RFC 7401; RFC 5533). */
  private static boolean isExtension(int header) {
    return header == 0
        || header == 43
        || header == FRAGMENT
        || header == AUTHENTICATION
        || header == 60
        || header == 135
        || header == 139
        || header == 140;
  }

  private void fragment(Fragments.Key key, int offset, boolean more, Content part) {
    int count = Math.min(part.captured().length(), part.length());
    if (count < part.length()) {
      frames.leaveOut(LeftOut.CUT_HEADERS);
      return;
    }
    byte[] whole = fragments.add(key, epochNanos, offset, part.bytes(), part.from(), count, more);
    if (whole != null) {
      content(
          new Content(
              part.source(),
              part.destination(),
              part.protocol(),
              Bytes.wrap(whole, 0, whole.length),
              whole.length,
              part.depth()));
    }
  }

  private void content(Content content) {
    byte[] bytes = content.bytes();
    int from = content.from();
    int end = content.end();
    switch (content.protocol()) {
      case TCP -> tcp(content);
      case UDP -> udp(content);
      case IPV4_IN_IP, IPV6_IN_IP -> decode(bytes, from, end, content.depth() + 1);
      case GRE -> gre(content);
      case AUTHENTICATION -> authenticated(content);
      case ICMP, ICMPV6 -> frames.leaveOut(LeftOut.ICMP);
      default -> frames.leaveOut(LeftOut.OTHER_TRANSPORT);
    }
  }

  /** RFC 4302, section 2: the content is in the clear. */
  private void authenticated(Content content) {
    int from = content.from();
    if (content.captured().length() < 8 || content.depth() >= FrameDecoder.MAX_DEPTH) {
      frames.leaveOut(LeftOut.CUT_HEADERS);
      return;
    }
    int headerBytes = (Bits.u8(content.bytes(), from + 1) + 2) * 4;
    if (content.captured().length() < headerBytes) {
      frames.leaveOut(LeftOut.CUT_HEADERS);
      return;
    }
    content(
        new Content(
            content.source(),
            content.destination(),
            Bits.u8(content.bytes(), from),
            content.captured().slice(headerBytes, content.captured().length()),
            content.length() - headerBytes,
            content.depth() + 1));
  }

  /** RFC 2784, RFC 2890; PPTP's version 1 carries PPP that is mostly compressed or encrypted. */
  private void gre(Content content) {
    byte[] bytes = content.bytes();
    int from = content.from();
    if (content.captured().length() < 4) {
      frames.leaveOut(LeftOut.CUT_HEADERS);
      return;
    }
    int flags = Bits.u16(bytes, from);
    int headerBytes =
        4
            + ((flags & 0x8000) != 0 ? 4 : 0)
            + ((flags & 0x2000) != 0 ? 4 : 0)
            + ((flags & 0x1000) != 0 ? 4 : 0);
    if ((flags & 7) != 0) {
      frames.leaveOut(LeftOut.OTHER_TRANSPORT);
    } else if (content.captured().length() < headerBytes) {
      frames.leaveOut(LeftOut.CUT_HEADERS);
    } else if (content.depth() >= FrameDecoder.MAX_DEPTH) {
      frames.leaveOut(LeftOut.MALFORMED);
    } else {
      frames.etherType(
          Bits.u16(bytes, from + 2), bytes, from + headerBytes, content.end(), content.depth() + 1);
    }
  }

  private void udp(Content content) {
    byte[] bytes = content.bytes();
    int from = content.from();
    if (content.captured().length() < UDP_HEADER_BYTES + 8) {
      frames.leaveOut(LeftOut.UDP);
      return;
    }
    int port = Bits.u16(bytes, from + 2);
    int body = from + UDP_HEADER_BYTES;
    // RFC 7348, section 5: only the flag of a valid network identifier.
    if ((port == VXLAN_PORT || port == VXLAN_PORT_OF_LINUX)
        && Bits.u32(bytes, body) == 0x0800_0000L) {
      frames.nested(LinkTypes.ETHERNET, bytes, body + 8, content.end(), content.depth());
    } else if (port == GENEVE_PORT && Bits.u8(bytes, body) >> 6 == 0) {
      // RFC 8926, section 3.4.
      int at = body + 8 + (Bits.u8(bytes, body) & 0x3f) * 4;
      if (at > content.end() || content.depth() >= FrameDecoder.MAX_DEPTH) {
        frames.leaveOut(LeftOut.CUT_HEADERS);
      } else {
        frames.etherType(Bits.u16(bytes, body + 2), bytes, at, content.end(), content.depth() + 1);
      }
    } else {
      frames.leaveOut(LeftOut.UDP);
    }
  }

  private void tcp(Content content) {
    byte[] bytes = content.bytes();
    int from = content.from();
    if (content.captured().length() < TCP_HEADER_BYTES) {
      frames.leaveOut(content.isWhole() ? LeftOut.MALFORMED : LeftOut.CUT_HEADERS);
      return;
    }
    int headerBytes = (Bits.u8(bytes, from + 12) >> 4) * 4;
    if (headerBytes < TCP_HEADER_BYTES || headerBytes > content.length()) {
      frames.leaveOut(LeftOut.MALFORMED);
      return;
    }
    boolean isSound = !content.isWhole() || checksum(content) == 0xffff;
    if (!isSound) {
      badChecksums++;
    }
    int body = Math.min(content.end(), from + headerBytes);
    sink.accept(
        new Segment(
            packetNumber,
            epochNanos,
            content.source(),
            Bits.u16(bytes, from),
            content.destination(),
            Bits.u16(bytes, from + 2),
            (int) Bits.u32(bytes, from + 4),
            (int) Bits.u32(bytes, from + 8),
            Bits.u8(bytes, from + 13),
            Bytes.wrap(bytes, body, content.end() - body),
            content.length() - headerBytes,
            isSound));
  }

  /** The sum over pseudo header and segment, which is all ones when nothing was changed. */
  private static int checksum(Content content) {
    IpAddress source = content.source();
    IpAddress destination = content.destination();
    long pseudo = TCP + (long) content.length();
    for (IpAddress address : new IpAddress[] {source, destination}) {
      pseudo += (address.low() & 0xffff_ffffL);
      if (!address.isV4()) {
        pseudo +=
            (address.low() >>> 32) + (address.high() & 0xffff_ffffL) + (address.high() >>> 32);
      }
    }
    return Bits.sum(content.bytes(), content.from(), content.from() + content.length(), pseudo);
  }
}
