// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.tcp;

import dev.tapedeck.analyzer.importer.packet.IpAddress;
import dev.tapedeck.analyzer.importer.packet.Segment;

/**
 * The two ends of a TCP connection, the lower address first, whoever sent.
 *
 * @param low one end's address
 * @param lowPort and port
 * @param high the other end's address, not lower
 * @param highPort and port
 */
public record FlowId(IpAddress low, int lowPort, IpAddress high, int highPort) {
  static FlowId of(Segment segment) {
    return isFromLow(segment)
        ? new FlowId(
            segment.source(),
            segment.sourcePort(),
            segment.destination(),
            segment.destinationPort())
        : new FlowId(
            segment.destination(),
            segment.destinationPort(),
            segment.source(),
            segment.sourcePort());
  }

  /** Returns whether the end that is named first sent the segment. */
  static boolean isFromLow(Segment segment) {
    int order = segment.source().compareTo(segment.destination());
    return order < 0 || (order == 0 && segment.sourcePort() <= segment.destinationPort());
  }
}
