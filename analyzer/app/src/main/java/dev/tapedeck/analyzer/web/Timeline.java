// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import dev.tapedeck.analyzer.listing.Latencies;
import dev.tapedeck.analyzer.listing.Rows;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * How many exchanges began when, and how long they took.
 *
 * <p><b>Units:</b> microseconds since the Unix epoch; latencies in microseconds, exact to 6 %.
 */
final class Timeline {
  private static final int BUCKETS = 240;

  /** Classes: none, 1xx to 3xx, 4xx, 5xx. */
  private static final int CLASSES = 4;

  private final long fromNanos;
  private final long widthNanos;
  private final int[][] counts = new int[BUCKETS][CLASSES];
  private final @Nullable Latencies[] latencies = new Latencies[BUCKETS];

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
      Latencies known = latencies[bucket];
      if (known == null) {
        known = new Latencies();
        latencies[bucket] = known;
      }
      known.add(rows.durationNanos(i) / 1000);
    }
    return true;
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
      Latencies known = latencies[bucket];
      if (known != null) {
        json.writeNumber(known.percentile(0.5));
        json.writeNumber(known.percentile(0.99));
        json.writeNumber(known.mostMicros());
      }
      json.writeEndArray();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
