// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.Leg;
import dev.tapedeck.analyzer.Link.Confidence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the outer leg of a request.
 *
 * <p>Proof is the process: the one that made the inner request was serving the outer one at that
 * moment. Where several were open, what both carry decides: an id, the same content, a header value
 * that no other has. Where the caller was not recorded, the inner exchange must lie within the
 * outer one's time, at another server, with the same content or id, and one outer exchange explains
 * one inner one at most. Among equals none is chosen.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class LegFinder {
  /** Of so many equals the ids are given. */
  private static final int MAX_OUTER = 64;

  private static final String BY_PROCESS =
      "The process that made the request was serving the outer one; ";

  private final Map<Integer, LegWindows> byPid = new HashMap<>();
  private final Map<Long, LegWindows> byContent = new HashMap<>();
  private final Set<LegFacts> explaining = new HashSet<>();

  /** Takes an exchange that a recorded server served. */
  void addOuter(LegFacts facts) {
    if (facts.servingPid != null) {
      byPid.computeIfAbsent(facts.servingPid, unused -> new LegWindows()).add(facts);
    }
    if (facts.content() != 0) {
      byContent.computeIfAbsent(facts.content(), unused -> new LegWindows()).add(facts);
    }
  }

  /** Forgets what had ended before any exchange began that is still asked for. */
  void forget(long endedBeforeNanos) {
    for (LegWindows windows : byPid.values()) {
      windows.forget(endedBeforeNanos);
    }
    for (LegWindows windows : byContent.values()) {
      windows.forget(endedBeforeNanos);
    }
    byPid.values().removeIf(LegWindows::isEmpty);
    byContent.values().removeIf(LegWindows::isEmpty);
    explaining.removeIf(facts -> facts.endedNanos < endedBeforeNanos);
  }

  /**
   * Returns what is known of an exchange's outer leg; null when there is none.
   *
   * @param all whether all exchanges were added that may be outer ones; if not, that only one was
   *     open proves nothing
   */
  @Nullable Leg find(LegFacts inner, boolean all) {
    return inner.askingPid == null ? findForwarded(inner) : findCall(inner, all);
  }

  private @Nullable Leg findCall(LegFacts inner, boolean all) {
    LegWindows windows = byPid.get(inner.askingPid);
    List<LegFacts> open =
        windows == null ? List.of() : keep(windows.openAt(inner.startedNanos), inner::isCallWithin);
    if (open.isEmpty()) {
      return null;
    }
    List<LegFacts> left = keep(open, inner::sharesId);
    if (left.size() == 1) {
      return call(left, Leg.Method.REQUEST_ID, Confidence.PROVEN, "both carry the same request id");
    }
    left = left.isEmpty() ? open : left;
    List<LegFacts> same = keep(left, inner::hasContentOf);
    if (same.size() == 1) {
      return call(
          same,
          Leg.Method.CONTENT,
          all ? Confidence.PROVEN : Confidence.LIKELY,
          "method, target and body are the same");
    }
    left = same.isEmpty() ? left : same;
    List<LegFacts> closest = sharingMost(inner, left);
    if (closest.size() == 1 && left.size() > 1) {
      return call(
          closest,
          Leg.Method.HEADER,
          all ? Confidence.PROVEN : Confidence.LIKELY,
          "a header value is the same that no other request of that time has");
    }
    if (open.size() == 1 && all) {
      return call(open, Leg.Method.PROCESS, Confidence.LIKELY, "it served nothing else then");
    }
    return new Leg(
        ids(left),
        !all,
        same.isEmpty() ? Leg.Method.PROCESS : Leg.Method.CONTENT,
        Confidence.LIKELY,
        BY_PROCESS + "nothing tells which of the requests that it served then.");
  }

  /** Those that share most long header values; all of them when none shares any. */
  private static List<LegFacts> sharingMost(LegFacts inner, List<LegFacts> candidates) {
    int most = 0;
    for (LegFacts candidate : candidates) {
      most = Math.max(most, inner.sharedValues(candidate));
    }
    int shared = most;
    return keep(candidates, candidate -> inner.sharedValues(candidate) == shared);
  }

  private static Leg call(
      List<LegFacts> outer, Leg.Method method, Confidence confidence, String reason) {
    return new Leg(ids(outer), false, method, confidence, BY_PROCESS + reason + ".");
  }

  private @Nullable Leg findForwarded(LegFacts inner) {
    LegWindows windows = byContent.get(inner.content());
    if (inner.content() == 0 || windows == null) {
      return null;
    }
    List<LegFacts> around =
        keep(
            windows.openAt(inner.startedNanos),
            outer -> inner.liesWithin(outer) && !explaining.contains(outer));
    if (around.isEmpty()) {
      return null;
    }
    String within =
        "It lies within the outer one's time, at another server, with the same content; ";
    List<LegFacts> left = keep(around, inner::sharesId);
    if (left.size() == 1) {
      explaining.add(left.get(0));
      return new Leg(
          ids(left),
          false,
          Leg.Method.REQUEST_ID,
          Confidence.PROVEN,
          within + "both carry the same request id.");
    }
    left = left.isEmpty() ? around : left;
    List<LegFacts> closest = sharingMost(inner, left);
    left = closest.size() == 1 ? closest : left;
    // Of equals one is used up, whichever it is.
    explaining.add(left.get(0));
    return new Leg(
        ids(left),
        false,
        closest.size() == 1 && around.size() > 1 ? Leg.Method.HEADER : Leg.Method.CONTENT,
        Confidence.LIKELY,
        within + (left.size() == 1 ? "no other does." : "nothing tells which of several it is."));
  }

  private static List<String> ids(List<LegFacts> outer) {
    return outer.stream().limit(MAX_OUTER).map(facts -> facts.id).toList();
  }

  private static List<LegFacts> keep(List<LegFacts> candidates, Predicate<LegFacts> wanted) {
    List<LegFacts> kept = new ArrayList<>(1);
    for (LegFacts candidate : candidates) {
      if (wanted.test(candidate)) {
        kept.add(candidate);
      }
    }
    return kept;
  }
}
