// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import dev.tapedeck.analyzer.listing.Rows;
import java.io.IOException;
import java.util.Arrays;
import tools.jackson.core.JsonGenerator;

/**
 * How many exchanges began when, and how long they took.
 *
 * <p><b>Units:</b> microseconds since the Unix epoch; latencies in microseconds, exact to 6 %.
 */
final class Timeline {
  private static final int BUCKETS = 240;

  /** Latencies by powers of two, each in 16 steps. */
  private static final int STEPS = 16;

  private static final int BINS = 64 * STEPS;

  /** Classes: none, 1xx to 3xx, 4xx, 5xx. */
  private static final int CLASSES = 4;

  private final long fromNanos;
  private final long widthNanos;
  private final int[][] counts = new int[BUCKETS][CLASSES];
  private final int[][] bins = new int[BUCKETS][];
  private final long[] most = new long[BUCKETS];

  private Timeline(long fromNanos, long toNanos) {
    this.fromNanos = fromNanos;
    this.widthNanos = Math.max(1000, (toNanos - fromNanos) / BUCKETS + 1);
  }

  /** Sums up rows. */
  static Timeline of(Catalog catalog, int[] numbers) throws IOException {
    long[] range = {Long.MAX_VALUE, Long.MIN_VALUE};
    int[] ascending = numbers.clone();
    Arrays.sort(ascending);
    new RowWalk(catalog)
        .walk(
            ascending,
            (rows, i) -> {
              range[0] = Math.min(range[0], rows.startedEpochNanos(i));
              range[1] = Math.max(range[1], rows.startedEpochNanos(i));
              return true;
            });
    boolean isEmpty = range[0] > range[1];
    Timeline timeline = new Timeline(isEmpty ? 0 : range[0], isEmpty ? 0 : range[1]);
    if (!isEmpty) {
      new RowWalk(catalog).walk(ascending, timeline::add);
    }
    return timeline;
  }

  private boolean add(Rows rows, int i) {
    int bucket = (int) Math.min(BUCKETS - 1, (rows.startedEpochNanos(i) - fromNanos) / widthNanos);
    int status = rows.status(i);
    int kind = status == 0 ? 0 : status < 400 ? 1 : status < 500 ? 2 : 3;
    counts[bucket][kind]++;
    if (status != 0) {
      if (bins[bucket] == null) {
        bins[bucket] = new int[BINS];
      }
      long micros = Math.max(0, rows.durationNanos(i) / 1000);
      bins[bucket][bin(micros)]++;
      most[bucket] = Math.max(most[bucket], micros);
    }
    return true;
  }

  static int bin(long micros) {
    if (micros < STEPS) {
      return (int) micros;
    }
    int power = 63 - Long.numberOfLeadingZeros(micros);
    int step = (int) (micros >>> (power - 4)) & (STEPS - 1);
    return Math.min(BINS - 1, (power - 3) * STEPS + step);
  }

  /** Returns the smallest latency of a bin. */
  static long micros(int bin) {
    if (bin < STEPS) {
      return bin;
    }
    int power = bin / STEPS + 3;
    return (long) (STEPS + bin % STEPS) << (power - 4);
  }

  private long percentile(int bucket, double part) {
    int[] all = bins[bucket];
    long total = Arrays.stream(all).asLongStream().sum();
    long wanted = Math.max(1, (long) Math.ceil(total * part));
    long seen = 0;
    for (int bin = 0; bin < BINS; bin++) {
      seen += all[bin];
      if (seen >= wanted) {
        return Math.min(micros(bin), most[bucket]);
      }
    }
    return most[bucket];
  }

  void write(JsonGenerator json) {
    json.writeStartObject();
    json.writeNumberProperty("from_us", fromNanos / 1000);
    json.writeNumberProperty("width_us", widthNanos / 1000.0);
    json.writeArrayPropertyStart("buckets");
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      json.writeStartArray();
      for (int count : counts[bucket]) {
        json.writeNumber(count);
      }
      if (bins[bucket] != null) {
        json.writeNumber(percentile(bucket, 0.5));
        json.writeNumber(percentile(bucket, 0.99));
        json.writeNumber(most[bucket]);
      }
      json.writeEndArray();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
