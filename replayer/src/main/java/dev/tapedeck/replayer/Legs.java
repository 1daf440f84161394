// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.Session;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the inner legs among the server-side exchanges of one capture: those that a recorded server
 * caused while it served another one.
 *
 * <p>Proof is the process: the client end of the inner connection was recorded too, and the process
 * that held it was serving an exchange when the inner request arrived. Where no client end was
 * recorded, an inner leg must lie within the outer exchange's time, at another server, with the
 * same method, target and body, and one outer exchange explains one inner leg at most.
 */
final class Legs {
  private final Map<Integer, Windows> servingByPid = new HashMap<>();
  private final Map<RecordedCapture.Ends, Integer> callers;
  private final Map<RequestLine, Windows> servingByLine = new HashMap<>();
  private final Set<Exchange> explaining = Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * Prepares the search.
   *
   * @param outer the server-side sessions whose exchanges may be outer legs
   * @param callers which process opened a connection
   */
  Legs(List<Session> outer, Map<RecordedCapture.Ends, Integer> callers) {
    this.callers = callers;
    Map<Integer, List<Exchange>> served = new HashMap<>();
    Map<RequestLine, List<Exchange>> asked = new HashMap<>();
    boolean severalServers =
        outer.stream().map(session -> session.connection().server()).distinct().count() > 1;
    for (Session session : outer) {
      served
          .computeIfAbsent(session.connection().process().pid(), pid -> new ArrayList<>())
          .addAll(session.exchanges());
      for (Exchange exchange : session.exchanges()) {
        HttpRequest request = exchange.request();
        if (severalServers && request != null && request.completeness() == Completeness.COMPLETE) {
          asked.computeIfAbsent(RequestLine.of(request), line -> new ArrayList<>()).add(exchange);
        }
      }
    }
    served.forEach((pid, exchanges) -> servingByPid.put(pid, Windows.of(exchanges)));
    asked.forEach((line, exchanges) -> servingByLine.put(line, Windows.of(exchanges)));
  }

  /** Returns those exchanges of the server-side sessions that are inner legs, by identity. */
  Set<Exchange> innerOf(List<Session> sessions) {
    Set<Exchange> inner = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Session session : sessions) {
      ConnectionInfo connection = session.connection();
      Integer caller =
          callers.get(new RecordedCapture.Ends(connection.client(), connection.server()));
      for (Exchange exchange : session.exchanges()) {
        boolean found = caller == null ? isForwarded(exchange) : isCall(caller, exchange);
        if (found) {
          inner.add(exchange);
        }
      }
    }
    return inner;
  }

  private boolean isCall(int callerPid, Exchange exchange) {
    Windows windows = servingByPid.get(callerPid);
    return windows != null && windows.anyOpenAt(exchange.startedEpochNanos());
  }

  private boolean isForwarded(Exchange inner) {
    HttpRequest request = inner.request();
    if (request == null || request.completeness() != Completeness.COMPLETE) {
      return false;
    }
    Windows windows = servingByLine.get(RequestLine.of(request));
    if (windows == null) {
      return false;
    }
    for (Exchange outer : windows.around(inner)) {
      if (!outer.connection().server().equals(inner.connection().server())
          && sameBody(outer, request)
          && explaining.add(outer)) {
        return true;
      }
    }
    return false;
  }

  private static boolean sameBody(Exchange outer, HttpRequest request) {
    HttpRequest other = outer.request();
    return other != null && other.body().wire().toBytes().equals(request.body().wire().toBytes());
  }

  private record RequestLine(String method, String target) {
    static RequestLine of(HttpRequest request) {
      return new RequestLine(request.method(), request.target());
    }
  }

  /** When exchanges ran. */
  private static final class Windows {
    /** So many that ran at once are looked at. */
    private static final int MAX_CONCURRENT = 1000;

    /** By their start. */
    private final List<Exchange> exchanges;

    /** Ascending. */
    private final long[] starts;

    /** For each start the latest end of all exchanges that began up to it. */
    private final long[] latestEnds;

    private Windows(List<Exchange> exchanges, long[] starts, long[] latestEnds) {
      this.exchanges = exchanges;
      this.starts = starts;
      this.latestEnds = latestEnds;
    }

    static Windows of(List<Exchange> exchanges) {
      List<Exchange> sorted = new ArrayList<>(exchanges);
      sorted.sort(Comparator.comparingLong(Exchange::startedEpochNanos));
      long[] starts = new long[sorted.size()];
      long[] latestEnds = new long[sorted.size()];
      long latest = Long.MIN_VALUE;
      for (int i = 0; i < starts.length; i++) {
        starts[i] = sorted.get(i).startedEpochNanos();
        latest = Math.max(latest, sorted.get(i).endedEpochNanos());
        latestEnds[i] = latest;
      }
      return new Windows(sorted, starts, latestEnds);
    }

    /** An exchange never began strictly before itself, so that none explains itself. */
    boolean anyOpenAt(long epochNanos) {
      int last = countBefore(epochNanos) - 1;
      return last >= 0 && latestEnds[last] >= epochNanos;
    }

    /** Returns exchanges that began before this one and ended after it, the latest first. */
    List<Exchange> around(Exchange inner) {
      List<Exchange> around = new ArrayList<>();
      int last = countBefore(inner.startedEpochNanos()) - 1;
      int first = Math.max(0, last - MAX_CONCURRENT);
      for (int i = last; i >= first && latestEnds[i] > inner.endedEpochNanos(); i--) {
        if (exchanges.get(i).endedEpochNanos() > inner.endedEpochNanos()) {
          around.add(exchanges.get(i));
        }
      }
      return around;
    }

    private int countBefore(long epochNanos) {
      int low = 0;
      int high = starts.length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (starts[middle] < epochNanos) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }
  }
}
