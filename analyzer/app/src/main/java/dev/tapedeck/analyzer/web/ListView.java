// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.filter.Filter;
import dev.tapedeck.analyzer.listing.CaptureListing;
import dev.tapedeck.analyzer.listing.Rows;
import java.io.IOException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a filter means, in an order.
 *
 * <p><b>Threads:</b> one fills it, any look.
 */
final class ListView implements Runnable {
  private final Catalog catalog;
  private final String id;
  private final @Nullable Filter filter;
  private final @Nullable SortKey sort;
  private final boolean descending;
  private final Numbers numbers = new Numbers();
  private volatile boolean done;
  private volatile boolean stopped;
  private volatile int scanned;
  private volatile @Nullable String problem;

  ListView(
      Catalog catalog,
      String id,
      @Nullable Filter filter,
      @Nullable SortKey sort,
      boolean descending) {
    this.catalog = catalog;
    this.id = id;
    this.filter = filter;
    this.sort = sort;
    this.descending = descending;
  }

  String id() {
    return id;
  }

  /** Returns whether it is the list as it is. */
  boolean isWhole() {
    return filter == null && sort == null;
  }

  boolean isDone() {
    return isWhole() ? catalog.isComplete() : done;
  }

  /** Returns how many rows were looked at. */
  int scanned() {
    return isWhole() ? catalog.count() : scanned;
  }

  @Nullable String problem() {
    return problem;
  }

  int total() {
    return isWhole() ? catalog.count() : numbers.size();
  }

  /** Returns the numbers of the rows of these places. */
  int[] range(int from, int to) {
    if (!isWhole()) {
      return numbers.range(from, to);
    }
    int end = Math.min(to, catalog.count());
    int[] all = new int[Math.max(0, end - from)];
    for (int i = 0; i < all.length; i++) {
      all[i] = from + i;
    }
    return all;
  }

  /** Returns where a row is; −1 when the view does not show it. */
  int indexOf(int number) {
    return isWhole() ? number : numbers.indexOf(number);
  }

  void stop() {
    stopped = true;
  }

  @Override
  public void run() {
    try {
      catalog.awaitComplete();
      select();
      if (sort != null && !stopped) {
        order(sort);
      }
    } catch (BadRequestException e) {
      problem = e.getMessage();
    } catch (IOException e) {
      problem = "the capture could not be read";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      problem = "stopped";
    }
    done = true;
  }

  private void select() throws IOException {
    int base = 0;
    for (CaptureListing listing : catalog.listings()) {
      int count = listing.count();
      if (filter == null) {
        for (int i = 0; i < count; i++) {
          numbers.add(base + i);
        }
        scanned = base + count;
      } else {
        scan(listing, base, filter);
      }
      base += count;
    }
  }

  private void scan(CaptureListing listing, int base, Filter expression) throws IOException {
    Predicate<Exchange> meant =
        expression.hasRelativeTimes()
            ? expression.startingAt(listing.startEpochNanos())
            : expression;
    listing.scan(
        (number, exchange) -> {
          if (meant.test(exchange)) {
            numbers.add(base + number);
          }
          scanned = base + number + 1;
          return !stopped;
        });
  }

  private void order(SortKey key) throws IOException {
    int[] rows = numbers.range(0, numbers.size());
    SortKey.Collector keys = key.new Collector(rows.length);
    new RowWalk(catalog)
        .walk(
            rows,
            (chunk, i) -> {
              keys.add(chunk, i);
              return !stopped;
            });
    if (stopped) {
      return;
    }
    int[] order = keys.order(descending);
    int[] sorted = new int[rows.length];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = rows[order[i]];
    }
    numbers.replaceBy(sorted);
  }

  /** Looks at rows of ascending numbers. */
  interface RowVisitor {
    /** Takes a row; returns false when no further one is wanted. */
    boolean row(Rows rows, int i) throws IOException;
  }
}
