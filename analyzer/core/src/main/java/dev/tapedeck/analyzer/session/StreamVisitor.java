// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Damage;
import java.io.IOException;

/**
 * Receives the bytes of a capture's connections, each direction in its order, connections among one
 * another about in the order of time.
 *
 * <p><b>Units:</b> nanoseconds since the Unix epoch; positions in bytes from the first one that the
 * connection carried, or that is known to have been carried. <b>Ownership:</b> byte runs are views
 * of the capture's blocks.
 */
public interface StreamVisitor {
  /**
   * Begins a connection, before its first bytes.
   *
   * @param fromStart whether it is known from its first byte on
   */
  void opened(int number, ConnectionInfo connection, boolean fromStart, long epochNanos)
      throws IOException;

  /** Takes bytes. */
  void data(int number, boolean fromClient, Bytes run, long position, long epochNanos)
      throws IOException;

  /** Takes a gap; a negative length is not known. */
  void gap(int number, boolean fromClient, long lengthBytes) throws IOException;

  /**
   * Ends a connection of which no bytes follow.
   *
   * @param reset whether it was given up before its ends had said that they send no more
   */
  void ended(int number, ConnectionInfo connection, boolean reset) throws IOException;

  /** Takes damage of the capture. */
  void damage(Damage damage) throws IOException;
}
