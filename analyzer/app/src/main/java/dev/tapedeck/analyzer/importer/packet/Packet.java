// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.packet;

import dev.tapedeck.format.Bytes;

/**
 * One frame of a packet file.
 *
 * @param number 1-based, in file order
 * @param epochNanos when it was seen, in nanoseconds since the Unix epoch
 * @param linkType how its first header is made, as in the registry of the pcap formats
 * @param frame the captured bytes
 * @param originalLength bytes that were on the wire, not less than were captured
 */
public record Packet(long number, long epochNanos, int linkType, Bytes frame, long originalLength) {
  /** Returns how many bytes of the frame a snap length cut. */
  public long cutBytes() {
    return originalLength - frame.length();
  }
}
