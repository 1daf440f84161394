// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Bytes;

/**
 * Reads both directions of a connection, or of what is left of one after a switch of protocols.
 *
 * <p><b>Lifecycle:</b> {@link #data} and {@link #gap} in the order of the events, {@link #end}
 * once.
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> what is made keeps views of the runs.
 */
interface ProtocolParser {
  /**
   * Takes bytes of one direction in, all of them.
   *
   * @param request whether they go to the server
   * @param position of the first byte in its stream
   * @param startNanos when they began to move, monotonic
   * @param endNanos when they had moved
   */
  void data(boolean request, Bytes run, long position, long startNanos, long endNanos);

  /**
   * Takes a gap of one direction in.
   *
   * @param lengthBytes how many bytes are missing; −1 when not known
   */
  void gap(boolean request, long lengthBytes, MissingCause cause);

  /**
   * Ends both directions.
   *
   * @param closed whether the connection ended, rather than the recording
   */
  void end(boolean closed);

  /** Returns how many bytes of a direction are part of messages. */
  long inMessages(boolean request);

  /** Returns how many bytes of a direction belong to no message. */
  long outsideMessages(boolean request);

  /** Returns how many of these the protocol does not explain. */
  long strayBytes(boolean request);

  /**
   * Lets go of the runs that were taken in: copies what is still needed of them. Without it a
   * message that is open for long would keep whole blocks of the capture in memory.
   */
  default void detach() {}

  /** Returns how many bytes of the streams are kept for what is still open. */
  default long heldBytes() {
    return 0;
  }

  /**
   * Frees what is kept as far as that goes, because all connections together keep too much.
   *
   * @param keptBytes what may stay
   */
  default void relieve(long keptBytes) {}
}
