// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.report;

import java.io.IOException;
import java.util.Locale;

/** Rate by status class as bars and latency as lines. */
final class TimelineSvg {
  private static final int WIDTH = 960;
  private static final int HEIGHT = 140;
  private static final String[] CLASSES = {"b0", "b2", "b4", "b5"};
  private static final int[] ORDER = {1, 2, 3, 0};

  /** Latency stands above, the rate below. */
  private static final int MIDDLE = HEIGHT / 2;

  private static final int MARGIN = 10;

  /** Buckets without an answer that a line goes over. */
  private static final int NEAR = 3;

  private final Report report;
  private final Html html;

  TimelineSvg(Report report, Html html) {
    this.report = report;
    this.html = html;
  }

  void write() throws IOException {
    int most = 1;
    long slowest = 1;
    long fastest = Long.MAX_VALUE;
    for (int i = 0; i < Report.BUCKETS; i++) {
      int sum = 0;
      for (int count : report.counts(i)) {
        sum += count;
      }
      most = Math.max(most, sum);
      if (report.latencies(i).count() > 0) {
        slowest = Math.max(slowest, report.latencies(i).percentile(0.99));
        fastest = Math.min(fastest, report.latencies(i).percentile(0.5));
      }
    }
    html.markup("<section><h2>Rate and latency</h2><svg viewBox=\"0 0 " + WIDTH + " " + HEIGHT)
        .markup("\" role=\"img\" aria-label=\"Rate and latency over time\">\n");
    bars(most);
    double least = Math.max(1, Math.min(fastest, slowest) / 2.0);
    line("p99", 0.99, least, (double) slowest);
    line("p50", 0.5, least, (double) slowest);
    double rate = most * 1e9 / report.bucketNanos();
    html.markup("</svg><p class=\"note\">")
        .text(
            "Below: exchanges by status, at most "
                + Figures.count(Math.round(rate))
                + " a second. ")
        .text("Above: latency p50 and p99, up to " + Figures.micros(slowest) + ", logarithmic.")
        .markup("</p></section>\n");
  }

  private void bars(int most) throws IOException {
    double step = (double) WIDTH / Report.BUCKETS;
    for (int i = 0; i < Report.BUCKETS; i++) {
      int[] counts = report.counts(i);
      double y = HEIGHT;
      for (int kind : ORDER) {
        if (counts[kind] > 0) {
          double tall = Math.max(1, (HEIGHT - MIDDLE) * counts[kind] / (double) most);
          y -= tall;
          html.markup(
              String.format(
                  Locale.ROOT,
                  "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
                  CLASSES[kind],
                  i * step,
                  y,
                  step - 1,
                  tall));
        }
      }
    }
  }

  private void line(String name, double part, double least, double most) throws IOException {
    StringBuilder points = new StringBuilder();
    int last = -1;
    double step = (double) WIDTH / Report.BUCKETS;
    double span = Math.max(0.01, Math.log(most / least));
    for (int i = 0; i < Report.BUCKETS; i++) {
      if (report.latencies(i).count() > 0) {
        double micros = Math.max(least, (double) report.latencies(i).percentile(part));
        double y = MIDDLE - MARGIN - (MIDDLE - 2 * MARGIN) * Math.log(micros / least) / span;
        String point = String.format(Locale.ROOT, "%.1f,%.1f", (i + 0.5) * step, y);
        if (last < 0 || i - last > NEAR) {
          // Twice, so that a point alone is seen.
          draw(name, points);
          points.append(point);
        }
        points.append(' ').append(point);
        last = i;
      }
    }
    draw(name, points);
  }

  private void draw(String name, StringBuilder points) throws IOException {
    if (!points.isEmpty()) {
      html.markup("<polyline class=\"" + name + "\" points=\"" + points + "\"/>\n");
      points.setLength(0);
    }
  }
}
