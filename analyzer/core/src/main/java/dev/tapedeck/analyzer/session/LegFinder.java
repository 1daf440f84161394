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
 * <p>The process that made the inner request must have been serving the outer one at that moment,
 * and both must carry the same: an id, the content, a header value that no other has. Where the
 * caller was not recorded, the inner exchange must lie within the outer one's time, at another
 * server, with the same content or id, and one outer exchange explains one inner one at most. Among
 * equals none is chosen, and none when one that is not known may be equal: one that is still open,
 * was forgotten, or ran with too many others.
 *
 * <p><b>Threads:</b> confined to one thread. <b>Limits:</b> as told to the constructor; beyond,
 * half of the outer exchanges are forgotten, those that ended first.
 */
final class LegFinder {
  /** Of so many equals the ids are given. */
  private static final int MAX_NAMED = 64;

  private static final String BY_PROCESS =
      "The process that made the request was serving the outer one; ";

  private static final String OTHERS = " Another one, which was not known yet, may be it as well.";

  private final int maxOuter;
  private final List<LegFacts> kept = new ArrayList<>();
  private final Map<LegProcess, LegWindows> byProcess = new HashMap<>();
  private final Map<Long, LegWindows> byContent = new HashMap<>();

  /** Those that explain a forwarded request. */
  private final Set<LegFacts> explaining = new HashSet<>();

  /** As many as there are forwarded requests of which one of several is the outer one. */
  private final Set<LegFacts> perhapsExplaining = new HashSet<>();

  private long forgottenNanos = Long.MIN_VALUE;

  /**
   * Makes a finder.
   *
   * @param maxOuter most exchanges that are kept
   */
  LegFinder(int maxOuter) {
    this.maxOuter = maxOuter;
  }

  /** Takes an exchange that a recorded server served. */
  void addOuter(LegFacts facts) {
    if (kept.size() >= maxOuter) {
      forgetHalf();
    }
    kept.add(facts);
    if (facts.serving != null) {
      byProcess.computeIfAbsent(facts.serving, unused -> new LegWindows()).add(facts);
    }
    if (facts.content() != 0) {
      byContent.computeIfAbsent(facts.content(), unused -> new LegWindows()).add(facts);
    }
  }

  private void forgetHalf() {
    long[] ends = kept.stream().mapToLong(facts -> facts.endedNanos).sorted().toArray();
    long last = ends[ends.length / 2];
    forgottenNanos = Math.max(forgottenNanos, last);
    kept.removeIf(facts -> facts.endedNanos <= last);
    byProcess.values().forEach(windows -> windows.forget(last));
    byContent.values().forEach(windows -> windows.forget(last));
    byProcess.values().removeIf(LegWindows::isEmpty);
    byContent.values().removeIf(LegWindows::isEmpty);
    explaining.removeIf(facts -> facts.endedNanos <= last);
    perhapsExplaining.removeIf(facts -> facts.endedNanos <= last);
  }

  /**
   * Returns what is known of an exchange's outer leg; null when there is none.
   *
   * @param complete whether all exchanges were added that began before it and may be outer ones; if
   *     not, none is named
   */
  @Nullable Leg find(LegFacts inner, boolean complete) {
    boolean all = complete && inner.startedNanos > forgottenNanos;
    return inner.asking == null ? findForwarded(inner, all) : findCall(inner, inner.asking, all);
  }

  private @Nullable Leg findCall(LegFacts inner, LegProcess caller, boolean complete) {
    LegWindows windows = byProcess.get(caller);
    if (windows == null) {
      return null;
    }
    LegWindows.Open then = windows.openAt(inner.startedNanos);
    boolean all = complete && then.all();
    List<LegFacts> open = keep(then.exchanges(), inner::isCallWithin);
    if (open.isEmpty()) {
      return null;
    }
    List<LegFacts> left = keep(open, inner::sharesId);
    if (left.size() == 1) {
      return leg(
          left,
          all,
          Leg.Method.REQUEST_ID,
          Confidence.PROVEN,
          BY_PROCESS + "both carry the same request id.");
    }
    left = left.isEmpty() ? open : left;
    List<LegFacts> same = keep(left, inner::hasContentOf);
    if (same.size() == 1) {
      return leg(
          same,
          all || inner.hasTellingContent(),
          Leg.Method.CONTENT,
          Confidence.PROVEN,
          BY_PROCESS + "method, target and body are the same.");
    }
    left = same.isEmpty() ? left : same;
    List<LegFacts> closest = sharingMost(inner, left);
    if (closest.size() == 1 && left.size() > 1) {
      return leg(
          closest,
          all,
          Leg.Method.HEADER,
          Confidence.PROVEN,
          BY_PROCESS + "a header value is the same that no other request of that time has.");
    }
    if (open.size() == 1 && inner.sharedValues(open.get(0)) > 0) {
      return leg(
          open,
          all,
          Leg.Method.HEADER,
          Confidence.LIKELY,
          BY_PROCESS + "a header value is the same.");
    }
    // That a process made it while it served another one proves nothing: it may do so for itself.
    return same.isEmpty()
        ? null
        : leg(
            left,
            all,
            Leg.Method.CONTENT,
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

  private static Leg leg(
      List<LegFacts> outer,
      boolean all,
      Leg.Method method,
      Confidence confidence,
      String explanation) {
    return all
        ? new Leg(ids(outer), false, method, confidence, explanation)
        : new Leg(ids(outer), true, method, Confidence.LIKELY, explanation + OTHERS);
  }

  private @Nullable Leg findForwarded(LegFacts inner, boolean complete) {
    LegWindows windows = byContent.get(inner.content());
    if (inner.content() == 0 || windows == null) {
      return null;
    }
    LegWindows.Open then = windows.openAt(inner.startedNanos);
    boolean all = complete && then.all();
    List<LegFacts> around =
        keep(then.exchanges(), outer -> inner.liesWithin(outer) && !explaining.contains(outer));
    if (around.isEmpty()) {
      return null;
    }
    String within =
        "It lies within the outer one's time, at another server, with the same content; ";
    List<LegFacts> left = keep(around, inner::sharesId);
    if (left.size() == 1) {
      useUp(left, all);
      return leg(
          left,
          all,
          Leg.Method.REQUEST_ID,
          Confidence.PROVEN,
          within + "both carry the same request id.");
    }
    left = left.isEmpty() ? around : left;
    List<LegFacts> closest = sharingMost(inner, left);
    left = closest.size() == 1 ? closest : left;
    if (!useUp(left, all)) {
      return null;
    }
    return leg(
        left,
        all,
        closest.size() == 1 && around.size() > 1 ? Leg.Method.HEADER : Leg.Method.CONTENT,
        Confidence.LIKELY,
        within + (left.size() == 1 ? "no other does." : "nothing tells which of several it is."));
  }

  /**
   * Takes that one of these explains a request; which one stays open when there are several, so
   * that a later request may be explained by any of them too.
   *
   * @return false when all of them explain others, whichever explains which
   */
  private boolean useUp(List<LegFacts> outer, boolean all) {
    if (outer.size() == 1 && all) {
      return explaining.add(outer.get(0));
    }
    for (LegFacts one : outer) {
      if (perhapsExplaining.add(one)) {
        return true;
      }
    }
    return false;
  }

  private static List<String> ids(List<LegFacts> outer) {
    return outer.stream().limit(MAX_NAMED).map(facts -> facts.id).toList();
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
