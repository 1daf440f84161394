// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.report;

import dev.tapedeck.analyzer.text.SafeText;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.SkippedExchange;
import java.util.Locale;

/** Plans for people: one line for each exchange, at most 80 columns wide. */
public final class PlanText {
  private static final int COLUMNS = 80;
  private static final double NANOS_PER_SECOND = 1e9;

  private PlanText() {}

  /** Returns the line above all others. */
  public static String heading() {
    return line("DUE", "CONN", "ID", "METHOD", "TARGET");
  }

  /** Returns the line of a request that is sent. */
  public static String request(PlannedRequest request) {
    return line(
        String.format(Locale.ROOT, "+%.6fs", request.dueNanos() / NANOS_PER_SECOND),
        (request.pipelined() ? "|" : "") + request.connection(),
        request.exchange().id(),
        request.exchange().method(),
        request.exchange().maskedTarget());
  }

  /** Returns the line of an exchange that is not sent. */
  public static String skipped(SkippedExchange skipped) {
    return line(
        "skip",
        "-",
        skipped.exchange().id(),
        skipped.exchange().method(),
        "(" + skipped.reason().jsonName() + ") " + skipped.exchange().maskedTarget());
  }

  private static String line(
      String due, String connection, String id, String method, String target) {
    String text =
        String.format(
            Locale.ROOT,
            "%14s %5s  %-8s %-7s %s",
            due,
            connection,
            id,
            SafeText.escape(method),
            SafeText.escape(target));
    return Columns.cut(text, COLUMNS).stripTrailing();
  }
}
