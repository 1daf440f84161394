// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.analyzer.SessionVisitor;
import dev.tapedeck.format.Damage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Collects whole sessions, all of them in memory, and hands them out in ascending number. */
final class SessionCollector implements ExchangeVisitor {
  private final SessionVisitor visitor;
  private final Map<Integer, List<Exchange>> exchanges = new HashMap<>();
  private final Map<Integer, Session> sessions = new TreeMap<>();

  SessionCollector(SessionVisitor visitor) {
    this.visitor = visitor;
  }

  @Override
  public void exchange(Exchange exchange) {
    exchanges.computeIfAbsent(exchange.sessionNumber(), unused -> new ArrayList<>()).add(exchange);
  }

  @Override
  public void session(SessionSummary summary) {
    List<Exchange> own = exchanges.remove(summary.number());
    sessions.put(summary.number(), summary.with(own == null ? List.of() : own));
  }

  @Override
  public void damage(Damage damage) throws IOException {
    visitor.damage(damage);
  }

  void handOut() throws IOException {
    for (Session session : sessions.values()) {
      visitor.session(session);
    }
  }
}
