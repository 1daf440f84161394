// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.ByteAccounting.Account;
import dev.tapedeck.analyzer.SessionSummary;
import org.jspecify.annotations.Nullable;

/** What follows from a session's parts. */
final class SessionFacts {
  private SessionFacts() {}

  /** Returns when the session began as far as it was seen; null when nothing was. */
  static @Nullable Long startedEpochNanos(SessionSummary session) {
    Long opened = session.connection().openedEpochNanos();
    if (opened != null) {
      return opened;
    }
    return session.firstStartedEpochNanos();
  }

  /** Returns how long it lasted as far as it was seen; null when start or end was not. */
  static @Nullable Long durationNanos(SessionSummary session) {
    Long started = startedEpochNanos(session);
    Long closed = session.connection().closedEpochNanos();
    if (closed == null) {
      closed = session.lastEndedEpochNanos();
    }
    return started == null || closed == null ? null : Long.valueOf(closed - started);
  }

  /** Returns how many bytes of both directions were captured. */
  static long capturedBytes(SessionSummary session) {
    Account egress = session.accounting().egress();
    Account ingress = session.accounting().ingress();
    return egress.inMessages()
        + egress.outsideMessages()
        + ingress.inMessages()
        + ingress.outsideMessages();
  }
}
