// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.report;

import dev.tapedeck.analyzer.text.SafeText;
import dev.tapedeck.replayer.diff.Difference;
import dev.tapedeck.replayer.result.DifferenceGroup;
import dev.tapedeck.replayer.result.ExchangeDifference;
import dev.tapedeck.replayer.result.Findings;
import dev.tapedeck.replayer.result.NoisyField;
import dev.tapedeck.replayer.result.PaceReport;
import dev.tapedeck.replayer.result.Quantiles;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.result.RequestResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Results for people, at most {@value #COLUMNS} columns wide but for long values. */
public final class ReportText {
  private static final int COLUMNS = 80;

  /** ECMA-48, section 8.3.117. */
  private static final String GREEN = "\033[32m";

  private static final String RED = "\033[31m";
  private static final String PLAIN = "\033[0m";

  private ReportText() {}

  /**
   * Returns the account and every difference, as lines.
   *
   * @param colorful whether a terminal that knows colours shows them
   */
  public static List<String> result(ReplayReport report, boolean colorful) {
    List<String> lines = new ArrayList<>();
    lines.add(report.recorded() + " recorded, " + report.sent() + " sent");
    addCounts(lines, "skipped", names(report.skipped()));
    addCounts(lines, "failed", names(report.failed()));
    lines.add(
        report.compared()
            + " compared, "
            + report.equal()
            + " equal, "
            + report.different()
            + " different");
    addCounts(lines, "not compared", report.notCompared());
    addGroups(lines, report.findings());
    boolean first = true;
    for (RequestResult result : report.results()) {
      if (result.failed() != null) {
        if (first) {
          lines.add("");
          first = false;
        }
        lines.add(title(result) + ": failed, " + result.failed().jsonName());
      }
    }
    String last = "";
    for (ExchangeDifference one : report.differences()) {
      if (!one.exchange().id().equals(last)) {
        last = one.exchange().id();
        lines.add("");
        lines.add(title(last, one.exchange().method(), one.exchange().maskedTarget()));
      }
      add(lines, one.difference(), colorful);
    }
    return lines;
  }

  private static void addGroups(List<String> lines, Findings findings) {
    for (NoisyField one : findings.noise()) {
      lines.add("  found to change, " + one.applied() + " x: " + SafeText.escape(one.rule()));
    }
    String last = null;
    for (DifferenceGroup group : findings.groups()) {
      if (!group.endpoint().equals(last)) {
        last = group.endpoint();
        lines.add("");
        lines.add(Columns.cut(SafeText.escape(last), COLUMNS));
      }
      String count = String.format(Locale.ROOT, "%6d x  ", group.differences());
      String what = group.kind().jsonName() + " " + SafeText.escape(group.path());
      String ids =
          group.samples().stream()
              .map(one -> one.exchange().id())
              .distinct()
              .collect(Collectors.joining(", "));
      String more = group.exchanges() > group.samples().size() ? ", ..." : "";
      lines.add(count + what + " (" + group.change().jsonName() + ") in " + ids + more);
    }
  }

  private static void add(List<String> lines, Difference difference, boolean colorful) {
    lines.add(
        "  "
            + difference.kind().jsonName()
            + " "
            + SafeText.escape(difference.path())
            + " ("
            + difference.change().jsonName()
            + ")");
    String recorded = "    recorded: " + value(difference.baseline());
    String now = "    now:      " + value(difference.actual());
    lines.add(colorful ? GREEN + recorded + PLAIN : recorded);
    lines.add(colorful ? RED + now + PLAIN : now);
  }

  private static String value(@Nullable String value) {
    return value == null ? "-" : SafeText.escape(value);
  }

  private static String title(RequestResult result) {
    return title(
        result.request().exchange().id(),
        result.request().exchange().method(),
        result.request().exchange().maskedTarget());
  }

  private static String title(String id, String method, String target) {
    return Columns.cut(SafeText.escape(id + "  " + method + " " + target), COLUMNS);
  }

  /** Returns how well the schedule was kept and how long answers took, as lines. */
  public static List<String> summary(ReplayReport report) {
    PaceReport pace = report.pace();
    List<String> lines = new ArrayList<>();
    lines.add(
        report.sent()
            + " of "
            + report.recorded()
            + " sent to "
            + report.target()
            + " in "
            + Durations.nanos(report.durationNanos())
            + " on "
            + report.connectionsOpened()
            + (report.connectionsOpened() == 1 ? " connection" : " connections"));
    lines.add(
        "pace "
            + pace.pace()
            + ": "
            + (pace.scheduledRate() == null ? "" : rate(pace.scheduledRate()) + " scheduled, ")
            + (pace.achievedRate() == null ? "-" : rate(pace.achievedRate()))
            + " achieved"
            + (pace.driftMicros() == null
                ? ""
                : ", last request " + Durations.micros(pace.driftMicros()) + " after it was due"));
    if (pace.lateness().count() > 0) {
      lines.add("lateness   " + quantiles(pace.lateness()));
    }
    if (pace.blocked().count() > 0) {
      lines.add("blocked    " + quantiles(pace.blocked()) + " (" + pace.blocked().count() + ")");
    }
    if (report.latencyFromSent().count() > 0) {
      lines.add("latency    " + quantiles(report.latencyFromSent()) + " from sent");
      lines.add("           " + quantiles(report.latencyFromDue()) + " from due");
    }
    if (report.connectionsReopened() > 0) {
      lines.add(
          report.connectionsReopened()
              + (report.connectionsReopened() == 1 ? " connection" : " connections")
              + " opened again, because the target had closed them");
    }
    return lines;
  }

  private static String rate(double perSecond) {
    return String.format(Locale.ROOT, perSecond < 100 ? "%.2f/s" : "%.0f/s", perSecond);
  }

  private static String quantiles(Quantiles quantiles) {
    return "p50 "
        + Durations.micros(quantiles.p50())
        + ", p90 "
        + Durations.micros(quantiles.p90())
        + ", p99 "
        + Durations.micros(quantiles.p99())
        + ", max "
        + Durations.micros(quantiles.max());
  }

  private static Map<String, Integer> names(Map<? extends Enum<?>, Integer> counts) {
    Map<String, Integer> named = new TreeMap<>();
    counts.forEach((reason, count) -> named.put(reason.name().toLowerCase(Locale.ROOT), count));
    return named;
  }

  private static void addCounts(List<String> lines, String title, Map<String, Integer> counts) {
    counts.forEach((name, count) -> lines.add("  " + count + " " + title + ": " + name));
  }
}
