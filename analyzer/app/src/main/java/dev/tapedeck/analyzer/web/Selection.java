// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import dev.tapedeck.analyzer.filter.Filter;
import dev.tapedeck.analyzer.filter.Verdict;
import dev.tapedeck.analyzer.listing.CaptureListing;
import dev.tapedeck.analyzer.listing.RowValues;
import dev.tapedeck.analyzer.listing.Rows;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/**
 * Finds the rows that a filter means: from the rows themselves as far as they tell, while they are
 * still being made too; only for what they don't tell are exchanges read again.
 *
 * <p><b>Threads:</b> confined to one, but for {@link #scanned}.
 */
final class Selection {
  /** As many are read one by one; for more the capture is read through. */
  private static final int MAX_READ_ALONE = 100;

  private final Catalog catalog;
  private final Filter filter;
  private final Numbers found;
  private final BooleanSupplier stopped;
  private volatile int scanned;

  /**
   * Prepares.
   *
   * @param found takes the numbers, in ascending order
   */
  Selection(Catalog catalog, Filter filter, Numbers found, BooleanSupplier stopped) {
    this.catalog = catalog;
    this.filter = filter;
    this.found = found;
    this.stopped = stopped;
  }

  /** Returns how many rows it has decided on. */
  int scanned() {
    return scanned;
  }

  void run() throws IOException, InterruptedException {
    int base = 0;
    for (CaptureListing listing : catalog.listings()) {
      Filter meant =
          filter.hasRelativeTimes() ? filter.startingAt(listing.startEpochNanos()) : filter;
      Candidates candidates = judge(listing, base, meant);
      if (stopped.getAsBoolean()) {
        return;
      }
      if (candidates.doubts() > MAX_READ_ALONE) {
        scan(listing, base, meant, candidates);
      } else {
        readAlone(listing, base, meant, candidates);
      }
      base += listing.count();
      scanned = base;
    }
  }

  /** Returns what cannot be said yet: the first row of which it is not sure, and what follows. */
  private Candidates judge(CaptureListing listing, int base, Filter meant)
      throws IOException, InterruptedException {
    Candidates candidates = new Candidates();
    RowValues values = new RowValues();
    int next = 0;
    while (catalog.awaitMore(listing, next, stopped)) {
      Rows rows = listing.rowsFrom(next);
      for (int i = 0; i < rows.count(); i++) {
        Verdict verdict = meant.judge(values.at(rows, i));
        if (verdict == Verdict.MAYBE || (verdict == Verdict.YES && candidates.size() > 0)) {
          candidates.add(next + i, verdict == Verdict.YES);
        } else if (verdict == Verdict.YES) {
          found.add(base + next + i);
        }
      }
      next += rows.count();
      if (candidates.size() == 0) {
        scanned = base + next;
      }
    }
    return candidates;
  }

  private void readAlone(CaptureListing listing, int base, Filter meant, Candidates candidates)
      throws IOException {
    for (int i = 0; i < candidates.size() && !stopped.getAsBoolean(); i++) {
      int number = candidates.number(i);
      if (candidates.isSure(i) || meant.test(listing.exchange(number))) {
        found.add(base + number);
      }
      scanned = base + number + 1;
    }
  }

  private void scan(CaptureListing listing, int base, Filter meant, Candidates candidates)
      throws IOException {
    int[] next = new int[1];
    listing.scan(
        (number, exchange) -> {
          if (candidates.number(next[0]) == number) {
            if (candidates.isSure(next[0]) || meant.test(exchange)) {
              found.add(base + number);
            }
            next[0]++;
          }
          scanned = base + number + 1;
          return next[0] < candidates.size() && !stopped.getAsBoolean();
        },
        stopped);
  }
}
