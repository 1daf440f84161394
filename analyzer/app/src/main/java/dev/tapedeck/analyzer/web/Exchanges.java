// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges that were looked at last.
 *
 * <p><b>Limits:</b> {@value #MAX_BYTES} bytes of them besides the last one.
 *
 * <p><b>Threads:</b> any; one reads the capture at a time.
 */
final class Exchanges {
  private static final long MAX_BYTES = 64L << 20;
  private static final int MAX_COUNT = 64;

  /** Less than this is copied, so that it does not keep whole blocks of the capture. */
  private static final long WORTH_COPYING_BYTES = 1 << 20;

  /** Guarded by this; the longest unused first. */
  private final Map<Integer, Exchange> known = new LinkedHashMap<>(16, 0.75f, true);

  /** Returns the exchange of a row. */
  synchronized Exchange get(int number, Catalog.Place place) throws IOException {
    Exchange exchange = known.get(number);
    if (exchange == null) {
      Exchange read = place.listing().exchange(place.number());
      exchange = bytes(read) < WORTH_COPYING_BYTES ? read.detached() : read;
      known.put(number, exchange);
      forget();
    }
    return exchange;
  }

  private void forget() {
    long bytes = known.values().stream().mapToLong(Exchanges::bytes).sum();
    Iterator<Exchange> oldest = known.values().iterator();
    while ((bytes > MAX_BYTES && known.size() > 1) || known.size() > MAX_COUNT) {
      bytes -= bytes(oldest.next());
      oldest.remove();
    }
  }

  private static long bytes(Exchange exchange) {
    return bytes(exchange.request())
        + bytes(exchange.response())
        + exchange.messages().stream().mapToLong(message -> message.payload().length()).sum();
  }

  private static long bytes(@Nullable HttpMessage message) {
    return message == null ? 0 : message.keptBytes();
  }
}
