// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.format.Damage;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Hands out what shards found, in the order of the capture, each thing once although a capture may
 * be read again.
 *
 * <p><b>Threads:</b> that of the analysis.
 */
final class Delivery {
  private final ExchangeVisitor visitor;
  private final BitSet ended = new BitSet();
  private final FoundMerge merge = new FoundMerge();

  /** By session number: how many exchanges this reading gave. */
  private int[] given = new int[0];

  /** The same of the reading before, all of which were handed out. */
  private int[] shown = new int[0];

  private long sessions;
  private long exchanges;
  private int damagesShown;

  Delivery(ExchangeVisitor visitor) {
    this.visitor = visitor;
  }

  /** Begins to read again what was read up to a damage: it gives the same again. */
  void again() {
    shown = given;
    given = new int[0];
  }

  /** Hands out what one shard found, and empties its outbox. */
  void handOut(Outbox box) throws IOException {
    for (int i = 0; i < box.size(); i++) {
      handOut(box.item(i));
    }
    box.clear();
  }

  /** Hands out what several shards found, by its place in the capture. */
  void handOut(Found[] found) throws IOException {
    merge.begin(found);
    for (Object item = merge.next(); item != null; item = merge.next()) {
      handOut(item);
    }
  }

  private void handOut(Object item) throws IOException {
    if (item instanceof Exchange exchange) {
      int number = exchange.sessionNumber();
      if (number >= given.length) {
        given = Arrays.copyOf(given, Math.max(number + 1, 2 * given.length));
      }
      if (given[number]++ >= (number < shown.length ? shown[number] : 0)) {
        exchanges++;
        visitor.exchange(exchange);
      }
    } else if (item instanceof SessionSummary session) {
      if (!ended.get(session.number())) {
        ended.set(session.number());
        sessions++;
        visitor.session(session);
      }
    } else if (item instanceof Integer number && !ended.get(number)) {
      ended.set(number);
      visitor.noSession(number);
    }
  }

  /**
   * Hands out a damage.
   *
   * @param count how many the reading has met, with this one
   */
  void damage(Damage damage, int count) throws IOException {
    if (count > damagesShown) {
      damagesShown = count;
      visitor.damage(damage);
    }
  }

  long sessions() {
    return sessions;
  }

  long exchanges() {
    return exchanges;
  }
}
