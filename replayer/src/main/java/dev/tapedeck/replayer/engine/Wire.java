// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.replayer.plan.PlannedRequest;
import io.netty.channel.Channel;

/**
 * One network connection to the target, from connecting to its end. It tells its runner what
 * happens.
 *
 * <p><b>Threads:</b> confined to its event loop.
 */
interface Wire {
  /** Returns whether requests can be sent, or will be when the connection has been opened. */
  boolean isUsable();

  /** Returns whether requests can be sent now. */
  boolean isOpen();

  /** Sends a request; its answer is awaited from now on. */
  void send(PlannedRequest request, OutgoingRequest outgoing);

  /** Ends the connection; nothing is reported any more. */
  void close();

  /** Fails what is awaited when nothing has moved for too long. */
  void failIfSilent(long now, long patienceNanos);

  /** The connection cannot be made. */
  void connectFailed(Throwable cause);

  /** Adds what takes part in the channel's pipeline, behind TLS if there is any. */
  void install(Channel channel);
}
