// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import dev.tapedeck.analyzer.listing.Rows;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Walks over many rows, a chunk of the index at a time.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class RowWalk {
  private final Catalog catalog;
  private @Nullable Rows rows;
  private int base;

  RowWalk(Catalog catalog) {
    this.catalog = catalog;
  }

  /** Visits rows of those numbers, which should mostly ascend. */
  void walk(int[] numbers, ListView.RowVisitor visitor) throws IOException {
    for (int number : numbers) {
      Rows chunk = rows;
      if (chunk == null
          || number < base + chunk.first()
          || number >= base + chunk.first() + chunk.count()) {
        Catalog.Place place = catalog.place(number);
        if (place == null) {
          return;
        }
        chunk = place.listing().rowsFrom(place.number());
        rows = chunk;
        base = place.base();
      }
      if (!visitor.row(chunk, number - base - chunk.first())) {
        return;
      }
    }
  }
}
