// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * Where the two streams of an owner stood when something ended: proof that no tail is missing.
 *
 * @param egressPosition position after the last byte that went out; −1 when not known
 * @param ingressPosition position after the last byte that came in; −1 when not known
 * @param egressLostBytes outgoing bytes below that position which are not in the capture
 * @param ingressLostBytes incoming bytes below that position which are not in the capture
 * @param egressSkippedBytes how many of the outgoing ones were left out on purpose: by a limit, a
 *     filter or because they were never in memory; −1 when not known
 * @param ingressSkippedBytes the same of the incoming ones
 * @param last true when nothing more can follow on these streams
 * @param reset true when that is so because the connection was given up, by a reset or a time-out,
 *     before the peer had said that it sends no more: what it was sending may lack its end
 */
public record StreamEnds(
    long egressPosition,
    long ingressPosition,
    long egressLostBytes,
    long ingressLostBytes,
    long egressSkippedBytes,
    long ingressSkippedBytes,
    boolean last,
    boolean reset) {
  /** Nothing is known and more may follow. */
  public static final StreamEnds UNKNOWN = new StreamEnds(-1, -1, 0, 0, false);

  /** Makes ends of which nothing says that the connection was given up. */
  public StreamEnds(
      long egressPosition,
      long ingressPosition,
      long egressLostBytes,
      long ingressLostBytes,
      boolean last) {
    this(egressPosition, ingressPosition, egressLostBytes, ingressLostBytes, last, false);
  }

  /** Makes ends of which nothing says what was left out on purpose. */
  public StreamEnds(
      long egressPosition,
      long ingressPosition,
      long egressLostBytes,
      long ingressLostBytes,
      boolean last,
      boolean reset) {
    this(egressPosition, ingressPosition, egressLostBytes, ingressLostBytes, -1, -1, last, reset);
  }

  /** Returns the position after the last byte of a direction; −1 when not known. */
  public long position(Direction direction) {
    return direction == Direction.EGRESS ? egressPosition : ingressPosition;
  }

  /** Returns how many bytes of a direction the capture lacks. */
  public long lostBytes(Direction direction) {
    return direction == Direction.EGRESS ? egressLostBytes : ingressLostBytes;
  }

  /** Returns how many of these were left out on purpose; −1 when not known. */
  public long skippedBytes(Direction direction) {
    return direction == Direction.EGRESS ? egressSkippedBytes : ingressSkippedBytes;
  }
}
