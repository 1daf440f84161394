// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.ByteAccounting.Account;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.Session;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What follows from a session's parts. */
final class SessionFacts {
  private SessionFacts() {}

  /** Returns when the session began as far as it was seen; null when nothing was. */
  static @Nullable Long startedEpochNanos(Session session) {
    Long opened = session.connection().openedEpochNanos();
    if (opened != null) {
      return opened;
    }
    List<Exchange> exchanges = session.exchanges();
    return exchanges.isEmpty() ? null : exchanges.get(0).startedEpochNanos();
  }

  /** Returns how long it lasted as far as it was seen; null when start or end was not. */
  static @Nullable Long durationNanos(Session session) {
    Long started = startedEpochNanos(session);
    Long closed = session.connection().closedEpochNanos();
    if (closed == null) {
      for (Exchange exchange : session.exchanges()) {
        closed =
            closed == null
                ? Long.valueOf(exchange.endedEpochNanos())
                : Math.max(closed, exchange.endedEpochNanos());
      }
    }
    return started == null || closed == null ? null : Long.valueOf(closed - started);
  }

  /** Returns how many bytes of both directions were captured. */
  static long capturedBytes(Session session) {
    Account egress = session.accounting().egress();
    Account ingress = session.accounting().ingress();
    return egress.inMessages()
        + egress.outsideMessages()
        + ingress.inMessages()
        + ingress.outsideMessages();
  }

  /** Returns how many bytes of both directions are known to be missing. */
  static long lostBytes(Session session) {
    return session.accounting().egress().lost() + session.accounting().ingress().lost();
  }

  /** Returns how many of its exchanges are not complete. */
  static long incomplete(Session session) {
    return session.exchanges().stream()
        .filter(exchange -> exchange.completeness() != Completeness.COMPLETE)
        .count();
  }
}
