// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.tcp;

/**
 * What was odd about segments, in numbers.
 *
 * <p><b>Threads:</b> confined to the one that follows the connections.
 */
public final class TcpStats {
  long segments;
  long repeatedBytes;
  long conflictingSegments;
  long keepAlives;
  long implausibleSegments;
  long bytesBeforeStart;
  long bytesAfterEnd;
  long strayResets;
  long connections;
  long evictedConnections;

  TcpStats() {}

  /** Returns how many segments there were. */
  public long segments() {
    return segments;
  }

  /** Returns how many bytes came again. */
  public long repeatedBytes() {
    return repeatedBytes;
  }

  /** Returns how many times bytes came again with another value. */
  public long conflictingSegments() {
    return conflictingSegments;
  }

  /** Returns how many segments only asked whether the peer is there. */
  public long keepAlives() {
    return keepAlives;
  }

  /** Returns how many segments were too far from their stream to be of it. */
  public long implausibleSegments() {
    return implausibleSegments;
  }

  /** Returns how many bytes stood before the first one of a connection that began earlier. */
  public long bytesBeforeStart() {
    return bytesBeforeStart;
  }

  /** Returns how many bytes stood behind the end that their sender had stated. */
  public long bytesAfterEnd() {
    return bytesAfterEnd;
  }

  /** Returns how many connections there were. */
  public long connections() {
    return connections;
  }

  /** Returns how many connections had to be ended early because too many were open. */
  public long evictedConnections() {
    return evictedConnections;
  }
}
