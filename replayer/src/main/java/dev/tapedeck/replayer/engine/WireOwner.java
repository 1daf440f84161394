// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
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

  /** A request was answered with a conversation that is over now. */
  void conversed(PlannedRequest request, HttpResponse answer, List<StreamMessage> messages);

  /** A request failed; the connection goes on. */
  void failed(PlannedRequest request, FailureReason reason);

  /** The target says that it did not look at the request, which may be sent again. */
  void refused(PlannedRequest request);

  /** The connection is gone, and with it the answers to these requests. */
  void lost(Wire gone, List<PlannedRequest> unanswered, FailureReason reason);
}
