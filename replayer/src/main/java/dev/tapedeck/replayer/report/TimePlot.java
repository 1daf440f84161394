// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A duration over the time of a replay as an SVG picture: median, 99th percentile and maximum of
 * each of at most {@value #COLUMNS} stretches, on a logarithmic scale.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class TimePlot {
  private static final int COLUMNS = 240;
  private static final int LEFT = 64;
  private static final int TOP = 12;
  private static final int WIDTH = 720;

  /** Half of the last label. */
  private static final int RIGHT = 30;

  private static final int HEIGHT = 180;
  private static final int BOTTOM = 26;

  /** 1 µs: nothing shorter is of interest. */
  private static final double LEAST_MICROS = 1;

  private static final double NANOS_PER_MICRO = 1000;

  private final String title;
  private final List<long[]> points = new ArrayList<>();
  private long lastNanos = 1;
  private double mostMicros = 10;

  /**
   * Makes an empty plot.
   *
   * @param title a fixed text, nothing captured
   */
  TimePlot(String title) {
    this.title = title;
  }

  /** Adds a request that was due at that time and took so long. */
  void add(long dueNanos, long tookNanos) {
    points.add(new long[] {Math.max(0, dueNanos), tookNanos});
    lastNanos = Math.max(lastNanos, dueNanos);
    mostMicros = Math.max(mostMicros, tookNanos / NANOS_PER_MICRO);
  }

  boolean isEmpty() {
    return points.isEmpty();
  }

  /** Returns the picture. */
  String svg() {
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<figure><figcaption>%s</figcaption><svg viewBox=\"0 0 %d %d\" role=\"img\">%n",
            title,
            LEFT + WIDTH + RIGHT,
            TOP + HEIGHT + BOTTOM));
    grid(svg);
    double[][] columns = columns();
    line(svg, columns, 2, "max");
    line(svg, columns, 1, "p99");
    line(svg, columns, 0, "p50");
    svg.append("</svg></figure>\n");
    return svg.toString();
  }

  private void grid(StringBuilder svg) {
    for (double micros = LEAST_MICROS; micros <= mostMicros * 10; micros *= 10) {
      double y = y(Math.min(micros, mostMicros));
      if (micros > mostMicros) {
        break;
      }
      svg.append(
          String.format(
              Locale.ROOT,
              "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                  + "<text class=\"y\" x=\"%d\" y=\"%.1f\">%s</text>%n",
              LEFT,
              LEFT + WIDTH,
              y,
              y,
              LEFT - 6,
              y + 4,
              Durations.micros(micros)));
    }
    for (int part = 0; part <= 4; part++) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<text class=\"x\" x=\"%d\" y=\"%d\">%s</text>%n",
              LEFT + WIDTH * part / 4,
              TOP + HEIGHT + 18,
              Durations.nanos(lastNanos / 4 * part)));
    }
  }

  /** Returns median, 99th percentile and maximum of each column; NaN where nothing was due. */
  private double[][] columns() {
    List<List<Long>> took = new ArrayList<>();
    for (int i = 0; i < COLUMNS; i++) {
      took.add(new ArrayList<>());
    }
    for (long[] point : points) {
      int column = (int) Math.min(COLUMNS - 1, point[0] * (double) COLUMNS / lastNanos);
      took.get(column).add(point[1]);
    }
    double[][] columns = new double[COLUMNS][];
    for (int i = 0; i < COLUMNS; i++) {
      long[] sorted = took.get(i).stream().mapToLong(Long::longValue).sorted().toArray();
      columns[i] = new double[3];
      if (sorted.length == 0) {
        Arrays.fill(columns[i], Double.NaN);
      } else {
        columns[i][0] = sorted[sorted.length / 2] / NANOS_PER_MICRO;
        columns[i][1] = sorted[(int) (sorted.length * 0.99)] / NANOS_PER_MICRO;
        columns[i][2] = sorted[sorted.length - 1] / NANOS_PER_MICRO;
      }
    }
    return columns;
  }

  private void line(StringBuilder svg, double[][] columns, int which, String name) {
    svg.append("<polyline class=\"").append(name).append("\" points=\"");
    for (int i = 0; i < columns.length; i++) {
      double micros = columns[i][which];
      if (!Double.isNaN(micros)) {
        double x = LEFT + (i + 0.5) * WIDTH / COLUMNS;
        svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y(micros)));
      }
    }
    svg.append("\"/>\n");
  }

  private double y(double micros) {
    double share =
        Math.log10(Math.max(LEAST_MICROS, micros) / LEAST_MICROS)
            / Math.log10(mostMicros / LEAST_MICROS);
    return TOP + HEIGHT - share * HEIGHT;
  }
}
