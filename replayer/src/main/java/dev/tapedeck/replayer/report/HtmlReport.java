// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.report;

import dev.tapedeck.replayer.diff.Difference;
import dev.tapedeck.replayer.plan.SelectedExchange;
import dev.tapedeck.replayer.result.DifferenceGroup;
import dev.tapedeck.replayer.result.ExchangeDifference;
import dev.tapedeck.replayer.result.NoisyField;
import dev.tapedeck.replayer.result.Quantiles;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.result.RequestResult;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A replay as one HTML page that needs nothing else: the account, when requests left and how long
 * answers took, and every difference with both values side by side.
 *
 * <p>Everything captured is escaped; the page holds no script and forbids itself to run one or to
 * load anything (Content-Security-Policy).
 *
 * <p><b>Limits:</b> at most {@value #MAX_ROWS} differences and as many failures; a line says how
 * many more there are.
 */
public final class HtmlReport {
  private static final int MAX_ROWS = 2000;

  private static final String STYLE =
      """
      body{font:14px/1.5 system-ui,sans-serif;margin:2em auto;max-width:62em;padding:0 1em;color:#222;background:#fff}
      h1{font-size:1.4em}h2{font-size:1.1em;margin-top:2em}
      table{border-collapse:collapse;width:100%}
      th,td{text-align:left;vertical-align:top;padding:.2em .6em;border-bottom:1px solid #ddd}
      td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
      td.v{font-family:ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;width:38%}
      td.was{background:#f0f8f0}td.now{background:#fcf0ee}
      .ok{color:#176b17}.bad{color:#a51d0d}
      tr.ex td{background:#f4f4f4;font-weight:600;overflow-wrap:anywhere}
      figure{margin:1em 0}figcaption{font-weight:600}svg{width:100%;height:auto}
      .grid{stroke:#ddd}text{font-size:11px;fill:#555}.y{text-anchor:end}.x{text-anchor:middle}
      polyline{fill:none;stroke-width:1.3}.p50{stroke:#176b17}.p99{stroke:#c77800}.max{stroke:#c9c9c9}
      .key i{font-style:normal;padding-right:1em}i.p50{color:#176b17}i.p99{color:#c77800}i.max{color:#888}
      @media (prefers-color-scheme:dark){body{background:#181818;color:#ddd}th,td{border-color:#444}
      td.was{background:#16281a}td.now{background:#331b18}tr.ex td{background:#262626}.grid{stroke:#333}text{fill:#aaa}
      .ok{color:#7fd07f}.bad{color:#ff8a7a}}
      """;

  private final StringBuilder html = new StringBuilder();
  private final ReplayReport report;

  private HtmlReport(ReplayReport report) {
    this.report = report;
  }

  /** Returns the page. */
  public static String page(ReplayReport report) {
    return new HtmlReport(report).build();
  }

  private String build() {
    html.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n");
    html.append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
        .append("style-src 'sha256-")
        .append(digest(STYLE))
        .append("'; base-uri 'none'; form-action 'none'\">\n");
    html.append("<meta name=\"referrer\" content=\"no-referrer\">\n");
    html.append("<meta name=\"viewport\" content=\"width=device-width\">\n");
    html.append("<title>Replay</title>\n<style>").append(STYLE).append("</style></head><body>\n");
    heading();
    account();
    times();
    plots();
    failures();
    groups();
    noise();
    differences();
    html.append("</body></html>\n");
    return html.toString();
  }

  private void heading() {
    boolean fine = report.isGreen();
    html.append("<h1>Replay to ").append(HtmlText.escape(report.target().toString()));
    html.append("</h1>\n<p class=\"").append(fine ? "ok" : "bad").append("\">");
    if (fine) {
      html.append("Every answer that was compared is as recorded.");
    } else {
      int slow = report.findings().slow().size();
      html.append(many(report.different(), "answer differs", "answers differ")).append(", ");
      html.append(many(report.failures(), "request failed", "requests failed"));
      if (slow > 0) {
        html.append(", ").append(many(slow, "endpoint is slow", "endpoints are slow"));
      }
      if (report.stopped() != null) {
        html.append("; stopped: ").append(HtmlText.escape(report.stopped().explanation()));
      }
      html.append('.');
    }
    html.append("</p>\n");
  }

  private static String many(int count, String one, String several) {
    return count + " " + (count == 1 ? one : several);
  }

  private void account() {
    html.append("<h2>Account</h2>\n<table>\n");
    count("recorded", report.recorded());
    count("sent and answered", report.sent());
    counts("skipped: ", report.skipped());
    counts("failed: ", report.failed());
    count("compared", report.compared());
    count("equal", report.equal());
    count("different", report.different());
    report.notCompared().forEach((why, n) -> count("not compared: " + words(why), n));
    count("mismatches that rules excused", report.ignored());
    count("connections recorded", report.connectionsRecorded());
    count("connections opened", report.connectionsOpened());
    if (report.connectionsReopened() > 0) {
      count("of these again", report.connectionsReopened());
    }
    html.append("</table>\n");
  }

  private void counts(String title, Map<? extends Enum<?>, Integer> counts) {
    Map<String, Integer> named = new TreeMap<>();
    counts.forEach((reason, n) -> named.put(reason.name().toLowerCase(Locale.ROOT), n));
    named.forEach((reason, n) -> count(title + words(reason), n));
  }

  private static String words(String name) {
    return name.replace('_', ' ');
  }

  private void count(String title, int count) {
    html.append("<tr><td>").append(HtmlText.escape(title)).append("</td><td class=\"n\">");
    html.append(count).append("</td></tr>\n");
  }

  private void times() {
    html.append("<h2>Time</h2>\n<p>");
    html.append(HtmlText.escape(String.join("; ", ReportText.summary(report).subList(0, 2))));
    html.append("</p>\n<table><tr><th></th><th class=\"n\">count</th><th class=\"n\">p50</th>");
    html.append("<th class=\"n\">p90</th><th class=\"n\">p99</th><th class=\"n\">max</th></tr>\n");
    quantiles("lateness: sent after due and ready", report.pace().lateness());
    quantiles("blocked: ready after due", report.pace().blocked());
    quantiles("latency from due", report.latencyFromDue());
    quantiles("latency from sent", report.latencyFromSent());
    html.append("</table>\n");
  }

  private void quantiles(String title, Quantiles quantiles) {
    html.append("<tr><td>").append(title).append("</td><td class=\"n\">");
    html.append(quantiles.count()).append("</td>");
    for (double micros :
        new double[] {quantiles.p50(), quantiles.p90(), quantiles.p99(), quantiles.max()}) {
      html.append("<td class=\"n\">");
      html.append(quantiles.count() == 0 ? "-" : Durations.micros(micros)).append("</td>");
    }
    html.append("</tr>\n");
  }

  private void plots() {
    TimePlot lateness = new TimePlot("Lateness by due time");
    TimePlot fromDue = new TimePlot("Latency from due by due time");
    TimePlot fromSent = new TimePlot("Latency from sent by due time");
    for (RequestResult result : report.results()) {
      long due = result.request().dueNanos();
      Long late = result.latenessNanos();
      Long sent = result.sentNanos();
      Long ended = result.endedNanos();
      if (late != null) {
        lateness.add(due, late);
      }
      if (ended != null && sent != null) {
        fromDue.add(due, ended - due);
        fromSent.add(due, ended - sent);
      }
    }
    if (lateness.isEmpty()) {
      return;
    }
    html.append("<p class=\"key\"><i class=\"p50\">median</i><i class=\"p99\">p99</i>");
    html.append("<i class=\"max\">maximum</i></p>\n");
    html.append(lateness.svg());
    if (!fromDue.isEmpty()) {
      html.append(fromDue.svg()).append(fromSent.svg());
    }
  }

  private void failures() {
    List<RequestResult> failed =
        report.results().stream().filter(result -> result.failed() != null).toList();
    if (failed.isEmpty()) {
      return;
    }
    html.append("<h2>Failed</h2>\n<table>\n");
    for (RequestResult result : failed.subList(0, Math.min(MAX_ROWS, failed.size()))) {
      html.append("<tr><td>").append(title(result.request().exchange())).append("</td><td>");
      html.append(words(String.valueOf(result.failed()).toLowerCase(Locale.ROOT)));
      html.append("</td></tr>\n");
    }
    html.append("</table>\n");
    more(failed.size());
  }

  private void groups() {
    List<DifferenceGroup> groups = report.findings().groups();
    if (groups.isEmpty()) {
      return;
    }
    html.append("<h2>By endpoint</h2>\n<table><tr><th>where</th><th>how</th>");
    html.append("<th class=\"n\">differences</th><th class=\"n\">exchanges</th></tr>\n");
    String last = "";
    for (DifferenceGroup group : groups.subList(0, Math.min(MAX_ROWS, groups.size()))) {
      if (!group.endpoint().equals(last)) {
        last = group.endpoint();
        html.append("<tr class=\"ex\"><td colspan=\"4\">").append(HtmlText.escape(last));
        html.append("</td></tr>\n");
      }
      html.append("<tr><td>").append(HtmlText.escape(group.path())).append("</td><td>");
      html.append(group.kind().jsonName()).append(", ").append(group.change().jsonName());
      html.append("</td><td class=\"n\">").append(group.differences());
      html.append("</td><td class=\"n\">").append(group.exchanges()).append("</td></tr>\n");
    }
    html.append("</table>\n");
    more(groups.size());
  }

  private void noise() {
    List<NoisyField> noise = report.findings().noise();
    if (noise.isEmpty()) {
      return;
    }
    html.append("<h2>Found to change, checked by type only</h2>\n<table>\n");
    for (NoisyField one : noise) {
      html.append("<tr><td>").append(HtmlText.escape(one.rule())).append("</td><td class=\"n\">");
      html.append(one.applied()).append("</td></tr>\n");
    }
    html.append("</table>\n");
  }

  private void differences() {
    List<ExchangeDifference> all = report.differences();
    if (all.isEmpty()) {
      return;
    }
    html.append(
        "<h2>Differences</h2>\n<table><tr><th>where</th><th>recorded</th><th>now</th></tr>\n");
    String last = "";
    for (ExchangeDifference one : all.subList(0, Math.min(MAX_ROWS, all.size()))) {
      SelectedExchange exchange = one.exchange();
      if (!exchange.id().equals(last)) {
        last = exchange.id();
        html.append("<tr class=\"ex\"><td colspan=\"3\">").append(title(exchange));
        html.append("</td></tr>\n");
      }
      difference(one.difference());
    }
    html.append("</table>\n");
    more(all.size());
  }

  private void difference(Difference difference) {
    html.append("<tr><td>").append(difference.kind().jsonName()).append(' ');
    html.append(HtmlText.escape(difference.path())).append(" (");
    html.append(difference.change().jsonName()).append(")</td>");
    value("was", difference.baseline());
    value("now", difference.actual());
    html.append("</tr>\n");
  }

  private void value(String kind, @Nullable String value) {
    html.append("<td class=\"v ").append(kind).append("\">");
    html.append(value == null ? "-" : HtmlText.escape(value)).append("</td>");
  }

  private void more(int count) {
    if (count > MAX_ROWS) {
      html.append("<p>and ").append(count - MAX_ROWS).append(" more</p>\n");
    }
  }

  private static String title(SelectedExchange exchange) {
    return HtmlText.escape(
        exchange.id() + "  " + exchange.method() + " " + exchange.maskedTarget());
  }

  private static String digest(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return Base64.getEncoder()
          .encodeToString(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
