// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.ByteAccounting.Account;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.terminal.Human;
import dev.tapedeck.analyzer.terminal.Style;
import dev.tapedeck.analyzer.terminal.TextOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

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

  /**
   * Shows a session.
   *
   * @param lines its exchanges, as {@link #line} wrote them
   */
  void show(SessionSummary session, Spool.Text lines) throws IOException {
    out.line(out.style(Style.BOLD, "session " + session.id()));
    out.fact("opened", Human.dateAndClock(session.connection().openedEpochNanos()));
    out.fact("closed", Human.dateAndClock(session.connection().closedEpochNanos()));
    new ConnectionView(out, why).show(session.connection());
    out.fact("sent", account(session.accounting().egress()));
    out.fact("received", account(session.accounting().ingress()));
    CoverageView coverage = new CoverageView(out);
    coverage.show("sent", session.coverage().egress(), session.coverage().egressProof());
    coverage.show("received", session.coverage().ingress(), session.coverage().ingressProof());
    for (Anomaly anomaly : session.anomalies()) {
      out.fact("anomaly", ExchangeView.describe(anomaly));
    }
    out.fact(
        "exchanges",
        session.exchanges()
            + (session.incomplete() == 0 ? "" : ", " + session.incomplete() + " incomplete"));
    if (session.exchanges() > 0) {
      out.line("");
      out.line(table.heading());
      lines.moveTo(out.stream());
    }
  }

  /** Writes the line of an exchange. */
  void line(Exchange exchange, Spool.Text lines) throws IOException {
    lines.write((table.line(CaptureRef.ONLY, exchange) + "\n").getBytes(StandardCharsets.UTF_8));
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
