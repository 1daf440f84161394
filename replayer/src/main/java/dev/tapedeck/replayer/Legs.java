// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Endpoint;
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
  private final Map<RequestLine, List<Candidate>> outerByLine = new HashMap<>();
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
    for (Session session : outer) {
      served
          .computeIfAbsent(session.connection().process().pid(), pid -> new ArrayList<>())
          .addAll(session.exchanges());
      for (Exchange exchange : session.exchanges()) {
        HttpRequest request = exchange.request();
        if (request != null && request.completeness() == Completeness.COMPLETE) {
          outerByLine
              .computeIfAbsent(RequestLine.of(request), line -> new ArrayList<>())
              .add(new Candidate(session.connection().server(), exchange, request));
        }
      }
    }
    served.forEach((pid, exchanges) -> servingByPid.put(pid, Windows.of(exchanges)));
  }

  /** Returns those exchanges of the server-side sessions that are inner legs, by identity. */
  Set<Exchange> innerOf(List<Session> sessions) {
    Set<Exchange> inner = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Session session : sessions) {
      ConnectionInfo connection = session.connection();
      Integer caller =
          callers.get(new RecordedCapture.Ends(connection.client(), connection.server()));
      for (Exchange exchange : session.exchanges()) {
        boolean found = caller == null ? isForwarded(session, exchange) : isCall(caller, exchange);
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

  private boolean isForwarded(Session session, Exchange inner) {
    HttpRequest request = inner.request();
    if (request == null || request.completeness() != Completeness.COMPLETE) {
      return false;
    }
    for (Candidate candidate : outerByLine.getOrDefault(RequestLine.of(request), List.of())) {
      if (!candidate.server().equals(session.connection().server())
          && candidate.exchange().startedEpochNanos() < inner.startedEpochNanos()
          && candidate.exchange().endedEpochNanos() > inner.endedEpochNanos()
          && candidate.request().body().wire().toBytes().equals(request.body().wire().toBytes())
          && explaining.add(candidate.exchange())) {
        return true;
      }
    }
    return false;
  }

  private record Candidate(Endpoint server, Exchange exchange, HttpRequest request) {}

  private record RequestLine(String method, String target) {
    static RequestLine of(HttpRequest request) {
      return new RequestLine(request.method(), request.target());
    }
  }

  /** When a process was serving something. */
  private static final class Windows {
    /** Ascending. */
    private final long[] starts;

    /** For each start the latest end of all exchanges that began up to it. */
    private final long[] latestEnds;

    private Windows(long[] starts, long[] latestEnds) {
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
      return new Windows(starts, latestEnds);
    }

    /** An exchange never began strictly before itself, so that none explains itself. */
    boolean anyOpenAt(long epochNanos) {
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
      return low > 0 && latestEnds[low - 1] >= epochNanos;
    }
  }
}
