// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.result.FailureReason;
import java.util.List;

/**
 * Is told what happens on a network connection.
 *
 * <p><b>Threads:</b> the connection's event loop.
 */
interface WireOwner {
  /** The connection can be used. */
  void opened();

  /** The connection cannot be opened. */
  void openFailed(FailureReason reason);

  /** A request was answered, at that time. */
  void answered(PlannedRequest request, HttpResponse answer, long nanos);

  /** The connection is gone, and with it the answers to these requests. */
  void lost(List<PlannedRequest> unanswered, FailureReason reason);
}
