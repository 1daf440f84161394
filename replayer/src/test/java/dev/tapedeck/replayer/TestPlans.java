// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import static dev.tapedeck.replayer.TestMessages.exchange;
import static dev.tapedeck.replayer.TestMessages.request;
import static dev.tapedeck.replayer.TestMessages.response;
import static dev.tapedeck.replayer.TestMessages.session;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.replayer.plan.PlanOptions;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.Selection;
import dev.tapedeck.replayer.plan.SelectionException;
import dev.tapedeck.replayer.plan.SelectionOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Plans of recorded requests that were all answered with {@code ok}. */
public final class TestPlans {
  public static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  public static final long MILLI = 1_000_000;

  private TestPlans() {}

  /** A session whose requests began one millisecond after another. */
  public static Session served(int number, long startMillis, String... requests) {
    return served(number, startMillis, 1, requests);
  }

  /** A session whose requests began so many milliseconds one after another. */
  public static Session served(int number, long startMillis, long stepMillis, String... requests) {
    Endpoint client = new Endpoint("192.0.2.1", 40000 + number);
    ConnectionInfo info = TestMessages.connection(1, client, TestMessages.SERVER);
    Exchange[] exchanges = new Exchange[requests.length];
    for (int i = 0; i < requests.length; i++) {
      long started = (startMillis + i * stepMillis) * MILLI;
      exchanges[i] =
          exchange(number, i, info, started, started + 1, request(requests[i]), response(OK));
    }
    return session(number, info, exchanges);
  }

  /** One of so many sessions that together have a steady rate. */
  public static Session steady(
      int number, int place, int sessions, int requestsPerSecond, int seconds) {
    Endpoint client = new Endpoint("192.0.2.1", 40000 + number);
    ConnectionInfo info = TestMessages.connection(1, client, TestMessages.SERVER);
    Exchange[] exchanges = new Exchange[requestsPerSecond * seconds / sessions];
    for (int i = 0; i < exchanges.length; i++) {
      long started = ((long) i * sessions + place) * (1_000_000_000L / requestsPerSecond);
      exchanges[i] =
          exchange(number, i, info, started, started + 1, request(get("/" + i)), response(OK));
    }
    return session(number, info, exchanges);
  }

  public static String get(String target) {
    return "GET " + target + " HTTP/1.1\r\nHost: old.example\r\n\r\n";
  }

  public static ReplayPlan plan(PlanOptions options, Session... sessions)
      throws SelectionException {
    return ReplayPlan.of(
        Selection.of(List.of(TestMessages.capture(sessions)), SelectionOptions.defaults()),
        options);
  }

  /** So many sessions of one request each, a millisecond apart. */
  public static ReplayPlan oneRequestEach(int sessions) throws SelectionException {
    Session[] all = new Session[sessions];
    Arrays.setAll(all, i -> served(i + 1, i, get("/" + i)));
    return plan(PlanOptions.defaults(), all);
  }

  /** The plan with these dependencies between the numbers of its requests. */
  public static ReplayPlan depending(ReplayPlan plan, Map<Integer, Set<Integer>> dependencies) {
    return plan.withDependencies(request -> dependencies.getOrDefault(request.number(), Set.of()));
  }
}
