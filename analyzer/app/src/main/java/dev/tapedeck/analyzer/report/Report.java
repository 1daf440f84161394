// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.report;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.endpoint.EndpointKey;
import dev.tapedeck.analyzer.endpoint.EndpointLearner;
import dev.tapedeck.analyzer.endpoint.Endpoints;
import dev.tapedeck.analyzer.filter.Filter;
import dev.tapedeck.analyzer.listing.CaptureListing;
import dev.tapedeck.analyzer.listing.Latencies;
import dev.tapedeck.analyzer.listing.Rows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sums captures up.
 *
 * <p><b>Limits:</b> {@value #MAX_ENDPOINTS} endpoints, further ones together; a bounded number of
 * exchanges in detail.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class Report {
  static final int BUCKETS = 160;

  private static final int MAX_ENDPOINTS = 500;
  private static final int CLASSES = 4;

  private final ReportOptions options;
  private final List<CaptureListing> listings;
  private final Map<CaptureListing, BitSet> meant = new HashMap<>();
  private final Map<EndpointKey, EndpointFigures> byEndpoint = new HashMap<>();
  private final EndpointFigures others = new EndpointFigures("all other endpoints", "");
  private final EndpointFigures all = new EndpointFigures("all", "");
  private final PriorityQueue<Chosen> slow;
  private final PriorityQueue<Chosen> failed;
  private final List<Chosen> first = new ArrayList<>();
  private final int[][] counts = new int[BUCKETS][CLASSES];
  private final Latencies[] latencies = new Latencies[BUCKETS];
  private long fromNanos = Long.MAX_VALUE;
  private long toNanos = Long.MIN_VALUE;
  private long incomplete;

  private Report(ReportOptions options, List<CaptureListing> listings) {
    this.options = options;
    this.listings = listings;
    Comparator<Chosen> lightestFirst = Comparator.comparingLong(Chosen::weight);
    this.slow = new PriorityQueue<>(lightestFirst);
    this.failed = new PriorityQueue<>(lightestFirst);
    for (int i = 0; i < BUCKETS; i++) {
      latencies[i] = new Latencies();
    }
  }

  /**
   * Sums up listings that are complete.
   *
   * @param filter which exchanges; null for all
   */
  public static Report of(
      ReportOptions options, List<CaptureListing> listings, @Nullable Filter filter)
      throws IOException {
    Report report = new Report(options, listings);
    if (filter != null) {
      report.select(filter);
    }
    EndpointLearner learner = new EndpointLearner();
    report.walk(
        (listing, rows, i) -> {
          report.fromNanos = Math.min(report.fromNanos, rows.startedEpochNanos(i));
          report.toNanos = Math.max(report.toNanos, rows.startedEpochNanos(i));
          if (rows.hasRequest(i)) {
            learner.add(rows.method(i), orNull(rows.authority(i)), rows.target(i));
          }
        });
    Endpoints endpoints = learner.learned();
    report.walk((listing, rows, i) -> report.add(listing, rows, i, endpoints));
    return report;
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private void select(Filter filter) throws IOException {
    for (CaptureListing listing : listings) {
      Predicate<Exchange> passes =
          filter.hasRelativeTimes() ? filter.startingAt(listing.startEpochNanos()) : filter;
      BitSet numbers = new BitSet();
      listing.scan(
          (number, exchange) -> {
            numbers.set(number, passes.test(exchange));
            return true;
          });
      meant.put(listing, numbers);
    }
  }

  /** Takes rows. */
  private interface RowSink {
    void row(CaptureListing listing, Rows rows, int i) throws IOException;
  }

  private void walk(RowSink sink) throws IOException {
    for (CaptureListing listing : listings) {
      BitSet numbers = meant.get(listing);
      int count = listing.count();
      for (int from = 0; from < count; ) {
        Rows rows = listing.rowsFrom(from);
        for (int i = 0; i < rows.count(); i++) {
          if (numbers == null || numbers.get(from + i)) {
            sink.row(listing, rows, i);
          }
        }
        from += rows.count();
      }
    }
  }

  private void add(CaptureListing listing, Rows rows, int i, Endpoints endpoints) {
    all.add(rows, i);
    if (rows.hasRequest(i)) {
      EndpointKey key = endpoints.of(rows.method(i), orNull(rows.authority(i)), rows.target(i));
      figures(key).add(rows, i);
    }
    int status = rows.status(i);
    int bucket = bucket(rows.startedEpochNanos(i));
    counts[bucket][status == 0 ? 0 : status < 400 ? 1 : status < 500 ? 2 : 3]++;
    long micros = rows.durationNanos(i) / 1000;
    if (status != 0) {
      latencies[bucket].add(micros);
    }
    incomplete += rows.isOdd(i) ? 1 : 0;
    int number = rows.first() + i;
    keep(slow, new Chosen(listing, number, "slow", micros));
    if (status == 0 || status >= 400) {
      // Server errors first, then what was never answered, then the client's own.
      long rank = status >= 500 ? 2 : status == 0 ? 1 : 0;
      keep(failed, new Chosen(listing, number, "failed", rank << 40 | Math.min(micros, 1L << 39)));
    }
    if (first.size() < options.details()) {
      first.add(new Chosen(listing, number, "among the first", 0));
    }
  }

  private EndpointFigures figures(EndpointKey key) {
    EndpointFigures known = byEndpoint.get(key);
    if (known != null) {
      return known;
    }
    if (byEndpoint.size() >= MAX_ENDPOINTS) {
      return others;
    }
    String host = key.host();
    EndpointFigures made = new EndpointFigures(key.label(), host == null ? "" : host);
    byEndpoint.put(key, made);
    return made;
  }

  private void keep(PriorityQueue<Chosen> heaviest, Chosen chosen) {
    heaviest.add(chosen);
    if (heaviest.size() > Math.max(1, options.details() / 3)) {
      heaviest.remove();
    }
  }

  private int bucket(long epochNanos) {
    return (int) Math.min(BUCKETS - 1, (epochNanos - fromNanos) / bucketNanos());
  }

  long bucketNanos() {
    return Math.max(1, (toNanos - fromNanos) / BUCKETS + 1);
  }

  ReportOptions options() {
    return options;
  }

  /** Returns how many exchanges it sums up. */
  public long exchanges() {
    return all.count();
  }

  boolean isEmpty() {
    return all.count() == 0;
  }

  long fromNanos() {
    return fromNanos;
  }

  long toNanos() {
    return toNanos;
  }

  long odd() {
    return incomplete;
  }

  EndpointFigures all() {
    return all;
  }

  int[] counts(int bucket) {
    return counts[bucket].clone();
  }

  Latencies latencies(int bucket) {
    return latencies[bucket];
  }

  /** Returns the endpoints that took most time first. */
  List<EndpointFigures> endpoints() {
    List<EndpointFigures> sorted = new ArrayList<>(byEndpoint.values());
    sorted.sort(
        Comparator.comparingLong(EndpointFigures::totalMicros)
            .reversed()
            .thenComparing(EndpointFigures::label)
            .thenComparing(EndpointFigures::host));
    if (others.count() > 0) {
      sorted.add(others);
    }
    return sorted;
  }

  List<Chosen> slowest() {
    return heaviestFirst(slow);
  }

  List<Chosen> failed() {
    return heaviestFirst(failed);
  }

  /** Returns what is shown in detail, in the captures' order: failed, slow, and the first ones. */
  List<Chosen> detailed() {
    Map<String, Chosen> chosen = new LinkedHashMap<>();
    List<Chosen> candidates = new ArrayList<>(failed());
    candidates.addAll(slowest());
    candidates.addAll(first);
    for (Chosen candidate : candidates) {
      if (chosen.size() < options.details()) {
        String key = listings.indexOf(candidate.listing()) + ":" + candidate.number();
        chosen.putIfAbsent(key, candidate);
      }
    }
    List<Chosen> sorted = new ArrayList<>(chosen.values());
    sorted.sort(
        Comparator.<Chosen>comparingInt(each -> listings.indexOf(each.listing()))
            .thenComparingInt(Chosen::number));
    return sorted;
  }

  private static List<Chosen> heaviestFirst(PriorityQueue<Chosen> queue) {
    List<Chosen> sorted = new ArrayList<>(queue);
    sorted.sort(
        Comparator.comparingLong(Chosen::weight).reversed().thenComparingInt(Chosen::number));
    return sorted;
  }
}
