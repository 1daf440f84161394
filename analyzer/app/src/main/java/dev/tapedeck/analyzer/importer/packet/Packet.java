// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.packet;

/**
 * One frame of a packet file.
 *
 * <p><b>Ownership:</b> the array is the packet's own and is never changed.
 *
 * @param number 1-based, in file order
 * @param epochNanos when it was seen, in nanoseconds since the Unix epoch
 * @param linkType how its first header is made, as in the registry of the pcap formats
 * @param frame the captured bytes
 * @param originalLength bytes that were on the wire, not less than were captured
 */
public record Packet(long number, long epochNanos, int linkType, byte[] frame, long originalLength) {
  /** Returns how many bytes of the frame a snap length cut. */
  public long cutBytes() {
    return originalLength - frame.length;
  }
}
