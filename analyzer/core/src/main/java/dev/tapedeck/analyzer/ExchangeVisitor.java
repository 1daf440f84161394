// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import dev.tapedeck.format.Damage;
import java.io.IOException;

/**
 * Receives what an analysis finds as soon as it is complete, one thing at a time.
 *
 * <p><b>Order:</b> exchanges come in the order in which the capture completes them, as lines of an
 * access log do; those of one session in the order of their requests. What the end of the capture
 * leaves open comes last, ascending by session. A session's summary follows its last exchange. The
 * order is the same for any number of threads.
 *
 * <p><b>Threads:</b> called on the thread that runs the analysis. <b>Ownership:</b> what is handed
 * out may be kept; messages are views of the capture's blocks and keep them in memory.
 */
public interface ExchangeVisitor {
  /** An exchange to which nothing more comes. */
  void exchange(Exchange exchange) throws IOException;

  /** A session whose connection ended, or the capture did. */
  void session(SessionSummary session) throws IOException;

  /**
   * A number that no session has: its streams carry no HTTP, or all of it is shown from the other
   * end of the connection.
   */
  default void noSession(int number) throws IOException {}

  /** A part of a source that could not be read; its events are gaps. */
  default void damage(Damage damage) throws IOException {}
}
