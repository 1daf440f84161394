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

  /** By session number: index of the next exchange that was not handed out. */
  private int[] shown = new int[0];

  private long sessions;
  private long exchanges;
  private int damagesShown;

  Delivery(ExchangeVisitor visitor) {
    this.visitor = visitor;
  }

  /** Hands out what one shard found, and empties its outbox. */
  void handOut(Outbox box) throws IOException {
    for (int i = 0; i < box.size(); i++) {
      handOut(box.item(i));
    }
    box.clear();
  }

  /** Hands out what several shards found, by place in the capture, and empties their outboxes. */
  void handOut(Shard[] shards) throws IOException {
    int[] next = new int[shards.length];
    while (true) {
      int first = -1;
      long ordinal = Long.MAX_VALUE;
      for (int i = 0; i < shards.length; i++) {
        Outbox box = shards[i].out();
        if (next[i] < box.size() && box.ordinal(next[i]) < ordinal) {
          first = i;
          ordinal = box.ordinal(next[i]);
        }
      }
      if (first < 0) {
        break;
      }
      handOut(shards[first].out().item(next[first]++));
    }
    for (Shard shard : shards) {
      shard.out().clear();
    }
  }

  private void handOut(Object item) throws IOException {
    if (item instanceof Exchange exchange) {
      int number = exchange.sessionNumber();
      if (number >= shown.length) {
        shown = Arrays.copyOf(shown, Math.max(number + 1, 2 * shown.length));
      }
      if (exchange.index() >= shown[number]) {
        shown[number] = exchange.index() + 1;
        exchanges++;
        visitor.exchange(exchange);
      }
    } else {
      SessionSummary session = (SessionSummary) item;
      if (!ended.get(session.number())) {
        ended.set(session.number());
        sessions++;
        visitor.session(session);
      }
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
