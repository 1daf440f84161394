// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.report;

import dev.tapedeck.analyzer.listing.Rows;
import dev.tapedeck.analyzer.redact.ExchangeMasker;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;

/**
 * A report as one HTML file: no script, no address to load from, and a policy that forbids both.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class ReportPage {
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final int MAX_ENDPOINT_ROWS = 200;
  private static final int MAX_TARGET = 160;

  private final Report report;
  private final ExchangeMasker masker;
  private final Html html;
  private final Writer out;

  private ReportPage(Report report, ExchangeMasker masker, OutputStream target) {
    this.report = report;
    this.masker = masker;
    this.out = new OutputStreamWriter(target, StandardCharsets.UTF_8);
    this.html = new Html(out);
  }

  /** Writes a report; the stream stays open. */
  public static void write(Report report, ExchangeMasker masker, OutputStream target)
      throws IOException {
    new ReportPage(report, masker, target).write();
  }

  private void write() throws IOException {
    String style = style();
    String title = "Tapedeck report: " + String.join(", ", report.options().files());
    html.markup("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n")
        .markup("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
        .markup(
            "style-src 'sha256-" + sha256(style) + "'; base-uri 'none'; form-action 'none'\">\n")
        .markup("<meta name=\"referrer\" content=\"no-referrer\">\n")
        .markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .markup("<meta name=\"color-scheme\" content=\"light dark\">\n")
        .element("<title>", title, "</title>\n")
        .markup("<style>" + style + "</style></head><body>\n");
    header();
    if (!report.isEmpty()) {
      summary();
      new TimelineSvg(report, html).write();
      endpoints();
      EndpointFigures all = report.all();
      table("Slowest", report.slowest(), all.count());
      table("Failed", report.failed(), all.clientErrors() + all.serverErrors() + all.unanswered());
      details();
    }
    html.markup("<footer>")
        .text("Made by Tapedeck " + report.options().version() + ". ")
        .text(
            masker.masks()
                ? "Secrets are masked by the default rules; look through it all the same before"
                    + " you hand it on."
                : "Secrets are not masked.")
        .markup("</footer></body></html>\n");
    out.flush();
  }

  private static String style() throws IOException {
    try (InputStream style = ReportPage.class.getResourceAsStream("report.css")) {
      if (style == null) {
        throw new IOException("the program is not whole: it lacks report.css");
      }
      return new String(style.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private void header() throws IOException {
    html.element("<header><h1>", String.join(", ", report.options().files()), "</h1><p>");
    if (report.isEmpty()) {
      html.text("No exchange.");
    } else {
      long seconds = (report.toNanos() - report.fromNanos()) / NANOS_PER_SECOND;
      html.text(time(report.fromNanos()) + " to " + time(report.toNanos()) + ", " + seconds + " s");
    }
    html.markup("</p>");
    if (!report.options().filter().isEmpty()) {
      html.element("<p>Exchanges that are <code>", report.options().filter(), "</code></p>");
    }
    html.markup("</header>\n");
  }

  private static String time(long epochNanos) {
    return Instant.ofEpochSecond(
            Math.floorDiv(epochNanos, NANOS_PER_SECOND),
            Math.floorMod(epochNanos, NANOS_PER_SECOND))
        .truncatedTo(ChronoUnit.MILLIS)
        .toString();
  }

  private void summary() throws IOException {
    EndpointFigures all = report.all();
    html.markup("<section class=\"cards\">");
    card(Figures.count(all.count()), "exchanges");
    double seconds = Math.max(1e-3, (report.toNanos() - report.fromNanos()) / 1e9);
    card(Figures.count(Math.round(all.count() / seconds)), "a second");
    card(Figures.micros(all.latencies().percentile(0.5)), "p50");
    card(Figures.micros(all.latencies().percentile(0.99)), "p99");
    card(Figures.micros(all.latencies().mostMicros()), "longest");
    card(Figures.count(all.serverErrors()), "5xx");
    card(Figures.count(all.clientErrors()), "4xx");
    card(Figures.count(all.unanswered()), "without answer");
    card(Figures.count(report.odd()), "incomplete or odd");
    card(Figures.bytes(all.bytes()), "of answers");
    html.markup("</section>\n");
  }

  private void card(String figure, String what) throws IOException {
    html.element("<div class=\"card\"><b>", figure, "</b>")
        .element("<span>", what, "</span></div>");
  }

  private void endpoints() throws IOException {
    List<EndpointFigures> all = report.endpoints();
    html.markup("<section><h2>Endpoints</h2><div class=\"wide\"><table><thead><tr>")
        .markup(
            "<th>Endpoint</th><th>Host</th><th class=\"n\">Count</th><th class=\"n\">Errors</th>")
        .markup("<th class=\"n\">p50</th><th class=\"n\">p90</th><th class=\"n\">p99</th>")
        .markup("<th class=\"n\">Longest</th><th class=\"n\">Total</th><th class=\"n\">Bytes</th>")
        .markup("</tr></thead><tbody>\n");
    for (EndpointFigures each : all.subList(0, Math.min(all.size(), MAX_ENDPOINT_ROWS))) {
      long errors = each.clientErrors() + each.serverErrors() + each.unanswered();
      html.element("<tr><th scope=\"row\">", cut(each.label()), "</th>")
          .element("<td>", each.host(), "</td>");
      number(Figures.count(each.count()));
      html.markup(errors > 0 ? "<td class=\"n bad\">" : "<td class=\"n\">")
          .element("", Figures.count(errors), "</td>");
      number(Figures.micros(each.latencies().percentile(0.5)));
      number(Figures.micros(each.latencies().percentile(0.9)));
      number(Figures.micros(each.latencies().percentile(0.99)));
      number(Figures.micros(each.latencies().mostMicros()));
      number(Figures.micros(each.totalMicros()));
      number(Figures.bytes(each.bytes()));
      html.markup("</tr>\n");
    }
    html.markup("</tbody></table></div>");
    if (all.size() > MAX_ENDPOINT_ROWS) {
      html.element("<p>and ", Figures.count(all.size() - MAX_ENDPOINT_ROWS), " more</p>");
    }
    html.markup("</section>\n");
  }

  private void number(String figure) throws IOException {
    html.element("<td class=\"n\">", figure, "</td>");
  }

  private static String cut(String text) {
    return text.length() <= MAX_TARGET ? text : text.substring(0, MAX_TARGET) + "\u2026";
  }

  private void table(String title, List<Chosen> chosen, long of) throws IOException {
    if (chosen.isEmpty()) {
      return;
    }
    html.element("<section><h2>", title, "")
        .element(
            " <small>",
            part(chosen.size(), of),
            "</small></h2><div class=\"wide\"><table><thead><tr>")
        .markup(
            "<th>ID</th><th>Started</th><th class=\"n\">Took</th><th class=\"n\">Status</th><th>Request</th>")
        .markup("</tr></thead><tbody>\n");
    for (Chosen each : chosen) {
      Rows row = each.listing().row(each.number());
      html.element("<tr><td>", id(each, row), "</td>")
          .element("<td>", time(row.startedEpochNanos(0)), "</td>");
      number(Figures.micros(row.durationNanos(0) / 1000));
      html.markup("<td class=\"n " + statusClass(row.status(0)) + "\">")
          .element("", row.status(0) == 0 ? "none" : Integer.toString(row.status(0)), "</td>");
      // The row's own target may hold secrets: that of the exchange is masked.
      html.element(
          "<td class=\"mono\">",
          cut(new ExchangeDetails(each.listing().exchange(each.number()), masker).request()),
          "</td></tr>\n");
    }
    html.markup("</tbody></table></div></section>\n");
  }

  /** Says how many of how many are shown, so that nobody takes them for all. */
  private static String part(long shown, long of) {
    return shown < of ? Figures.count(shown) + " of " + Figures.count(of) : Figures.count(shown);
  }

  private static String statusClass(int status) {
    return "s" + Math.min(5, status / 100);
  }

  private static String id(Chosen each, Rows row) {
    return each.listing().capture().qualify(row.id(0));
  }

  private void details() throws IOException {
    List<Chosen> chosen = report.detailed();
    if (chosen.isEmpty()) {
      return;
    }
    html.element("<section><h2>", "In detail", "")
        .element(" <small>", part(chosen.size(), report.exchanges()), "</small></h2>\n");
    for (Chosen each : chosen) {
      Rows row = each.listing().row(each.number());
      ExchangeDetails details = new ExchangeDetails(each.listing().exchange(each.number()), masker);
      html.markup("<details><summary><span class=\"" + statusClass(row.status(0)) + "\">")
          .element("", row.status(0) == 0 ? "none" : Integer.toString(row.status(0)), "</span> ")
          .element("<code>", cut(details.request()), "</code> ")
          .element(
              "<span class=\"note\">",
              id(each, row)
                  + ", "
                  + Figures.micros(row.durationNanos(0) / 1000)
                  + ", "
                  + each.why(),
              "</span></summary>\n");
      details.write(html);
      html.markup("</details>\n");
    }
    html.markup("</section>\n");
  }
}
