// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.packet;

import dev.tapedeck.format.Bytes;

/**
 * A TCP segment as a packet held it (RFC 9293, section 3.1).
 *
 * @param packetNumber of the packet that completed it, 1-based
 * @param epochNanos when that was seen
 * @param source who sent it
 * @param sourcePort from which port
 * @param destination to whom
 * @param destinationPort to which port
 * @param sequence number of its first byte, or of its SYN
 * @param acknowledgment next byte that the sender expects, when {@link #isAck}
 * @param flags as in the header
 * @param payload the captured part of its content
 * @param length of its content on the wire, not less than was captured
 * @param isSound whether the checksum is right, or cannot be known
 */
public record Segment(
    long packetNumber,
    long epochNanos,
    IpAddress source,
    int sourcePort,
    IpAddress destination,
    int destinationPort,
    int sequence,
    int acknowledgment,
    int flags,
    Bytes payload,
    int length,
    boolean isSound) {
  private static final int FIN = 1;
  private static final int SYN = 2;
  private static final int RST = 4;
  private static final int ACK = 16;

  public boolean isFin() {
    return (flags & FIN) != 0;
  }

  public boolean isSyn() {
    return (flags & SYN) != 0;
  }

  public boolean isReset() {
    return (flags & RST) != 0;
  }

  public boolean isAck() {
    return (flags & ACK) != 0;
  }

  /** Returns the sequence number of the first byte of content: a SYN stands before it. */
  public int dataSequence() {
    return isSyn() ? sequence + 1 : sequence;
  }
}
