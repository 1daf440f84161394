// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.export.HarExporter;
import dev.tapedeck.analyzer.export.script.CurlRenderer;
import dev.tapedeck.analyzer.listing.CaptureListing;
import dev.tapedeck.analyzer.redact.ExchangeMasker;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges in other tools' formats; secrets are masked unless the user said otherwise when the
 * server was started.
 *
 * <p><b>Threads:</b> confined to that of the request.
 */
final class Downloads {
  private final Catalog catalog;
  private final Exchanges exchanges;
  private final WebOptions options;

  Downloads(Catalog catalog, Exchanges exchanges, WebOptions options) {
    this.catalog = catalog;
    this.exchanges = exchanges;
    this.options = options;
  }

  /**
   * Answers with an HTTP archive.
   *
   * @param view whose exchanges; null for the one that the query names
   */
  void har(Query query, @Nullable ListView view, Reply reply) throws IOException {
    if (view == null) {
      int number = (int) query.number("n", 0, Integer.MAX_VALUE, 0);
      Catalog.Place place = place(number);
      reply.download(-1, out -> one(number, place, out));
      return;
    }
    if (!view.isDone()) {
      throw new BadRequestException("the list is not complete yet", null);
    }
    BitSet numbers = new BitSet();
    for (int number : view.range(0, view.total())) {
      numbers.set(number);
    }
    reply.download(-1, out -> chosen(numbers, out));
  }

  private Catalog.Place place(int number) throws BadRequestException {
    Catalog.Place place = catalog.place(number);
    if (place == null) {
      throw new BadRequestException("no such exchange", null);
    }
    return place;
  }

  /** Answers with a command that sends the request of an exchange again. */
  void curl(Query query, Reply reply) throws IOException {
    int number = (int) query.number("n", 0, Integer.MAX_VALUE, 0);
    ExchangeMasker masker = ExchangeMasker.unless(options.includeSecrets());
    Exchange shown = masker.mask(exchanges.get(number, place(number)));
    String command = new CurlRenderer(masker.masks(), false).render(shown).text();
    reply.bytes(200, "text/plain; charset=utf-8", command.getBytes(StandardCharsets.UTF_8));
  }

  private HarExporter exporter(OutputStream out) {
    return new HarExporter(out, options.version(), options.includeSecrets(), 1);
  }

  private void one(int number, Catalog.Place place, OutputStream out) throws IOException {
    try (HarExporter exporter = exporter(out)) {
      exporter.exchange(place.listing().capture(), exchanges.get(number, place));
      exporter.finish();
    }
  }

  private void chosen(BitSet numbers, OutputStream out) throws IOException {
    try (HarExporter exporter = exporter(out)) {
      int base = 0;
      for (CaptureListing listing : catalog.listings()) {
        int first = base;
        int last = numbers.previousSetBit(base + Math.max(0, listing.count() - 1));
        if (last >= first) {
          listing.scan(
              (number, exchange) -> {
                if (numbers.get(first + number)) {
                  exporter.exchange(listing.capture(), exchange);
                }
                return first + number < last;
              });
        }
        base += listing.count();
      }
      exporter.finish();
    }
  }
}
