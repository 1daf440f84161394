// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.ByteAccounting.Account;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.export.CaptureRef;
import java.io.IOException;

/** One session for a person. */
final class SessionView {
  private final TextOutput out;
  private final boolean why;
  private final ExchangeTable table;

  SessionView(TextOutput out, boolean why, ExchangeTable table) {
    this.out = out;
    this.why = why;
    this.table = table;
  }

  void show(Session session) throws IOException {
    out.line(out.style(Style.BOLD, "session " + session.id()));
    out.fact("opened", Human.dateAndClock(session.connection().openedEpochNanos()));
    out.fact("closed", Human.dateAndClock(session.connection().closedEpochNanos()));
    new ConnectionView(out, why).show(session.connection());
    out.fact("sent", account(session.accounting().egress()));
    out.fact("received", account(session.accounting().ingress()));
    for (Anomaly anomaly : session.anomalies()) {
      out.fact("anomaly", ExchangeView.describe(anomaly));
    }
    long incomplete = SessionFacts.incomplete(session);
    out.fact(
        "exchanges",
        session.exchanges().size() + (incomplete == 0 ? "" : ", " + incomplete + " incomplete"));
    if (!session.exchanges().isEmpty()) {
      out.line("");
      out.line(table.heading());
      for (Exchange exchange : session.exchanges()) {
        out.line(table.line(CaptureRef.ONLY, exchange));
      }
    }
  }

  private static String account(Account account) {
    StringBuilder text = new StringBuilder();
    text.append(account.inMessages()).append(" bytes in messages");
    append(text, account.outsideMessages(), "outside");
    append(text, account.lost(), "lost");
    append(text, account.duplicate(), "seen twice");
    return text.toString();
  }

  private static void append(StringBuilder text, long bytes, String what) {
    if (bytes != 0) {
      text.append(", ").append(bytes).append(' ').append(what);
    }
  }
}
