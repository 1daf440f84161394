// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the last answered requests are taken for, and what that teaches about names. When a request,
 * or what a replay says, contradicts it, others are found that contradict nothing, if there are
 * any; the answers that were given stay what they are.
 *
 * <p><b>Limits:</b> the last {@value #MOST_OPEN} requests may turn out to be others.
 * <b>Threads:</b> confined by its owner.
 */
final class Hypotheses {
  private static final int MOST_OPEN = 256;

  /** Longer requests stay what they were taken for. */
  private static final int LONGEST_BODY = 64 << 10;

  private final Names names;
  private final RenamedCalls renamed;
  private final Credentials credentials;
  private final Function<Upstream, List<RecordedCall>> calls;
  private final ToIntFunction<RecordedCall> tie;
  private final BitSet given;
  private final Deque<Asked> open = new ArrayDeque<>();

  /** What the service's own answers showed, of the values that these requests and answers hold. */
  private final OneToOne heard = new OneToOne();

  /** What a replay said that could not be reconciled with what was answered. */
  private final Set<List<String>> refused = new HashSet<>();

  /**
   * Makes one without any.
   *
   * @param credentials by which calls are told apart that are alike
   * @param calls those of a service
   * @param tie how well a call fits to what is served now; less is better
   * @param given numbers of the calls that were taken; it changes when requests turn out to be
   *     others
   */
  Hypotheses(
      Names names,
      RenamedCalls renamed,
      Credentials credentials,
      Function<Upstream, List<RecordedCall>> calls,
      ToIntFunction<RecordedCall> tie,
      BitSet given) {
    this.names = names;
    this.renamed = renamed;
    this.credentials = credentials;
    this.calls = calls;
    this.tie = tie;
    this.given = given;
  }

  /** Keeps a request that was answered. */
  void add(Asked asked) {
    if (asked.now().body().text().length() > LONGEST_BODY) {
      names.settle(asked.taught());
      return;
    }
    names.learn(asked.taught());
    open.add(asked);
    if (open.size() > MOST_OPEN) {
      Asked oldest = open.remove();
      names.settle(oldest.taught());
      oldest.words().forEach(heard::removeNow);
    }
  }

  /**
   * Hears what stands in an answer of the service where recorded values stood. When that
   * contradicts what was assumed, other assumptions are made, if there are any by which all of it
   * is so and whatever was heard before; else the answer is not as it should be.
   */
  void hear(Map<String, String> shown) {
    Map<String, String> claims = new HashMap<>();
    Set<String> known = new HashSet<>();
    open.forEach(one -> known.addAll(one.words()));
    shown.forEach(
        (recorded, now) -> {
          if (known.contains(now)) {
            claims.put(recorded, now);
          }
        });
    if (claims.entrySet().stream()
        .anyMatch(
            e ->
                !heard.allows(e.getKey(), e.getValue())
                    || names.isOfOther(e.getKey(), e.getValue()))) {
      return;
    }
    if (claims.entrySet().stream().anyMatch(e -> !names.isCalled(e.getKey(), e.getValue()))) {
      Map<Asked, Rematch.Place> found = search(null, claims, call -> true, true, true);
      if (found == null || !isSo(claims, found)) {
        return;
      }
      commit(found, null);
    }
    heard.addAll(claims);
  }

  private boolean isSo(Map<String, String> claims, Map<Asked, Rematch.Place> found) {
    Map<String, String> all = new HashMap<>();
    found.values().forEach(place -> all.putAll(place.names()));
    return claims.entrySet().stream()
        .allMatch(
            e ->
                all.getOrDefault(e.getKey(), e.getKey()).equals(e.getValue())
                    || names.told(e.getKey()).contains(e.getValue()));
  }

  /** Hears what the replay says of values that were taken for the names of others. */
  void reconcile() {
    Map<String, String> claims = new HashMap<>();
    for (Asked one : open) {
      one.taught().forEach((recorded, now) -> claim(recorded, claims));
      one.alternatives().forEach((recorded, now) -> claim(recorded, claims));
    }
    claims.forEach(
        (recorded, now) -> {
          Map<Asked, Rematch.Place> found =
              search(null, Map.of(recorded, now), call -> true, true, false);
          if (found == null) {
            found = search(null, Map.of(recorded, now), call -> true, false, false);
          }
          if (found == null) {
            refused.add(List.of(recorded, now));
          } else {
            commit(found, null);
          }
        });
  }

  private void claim(String recorded, Map<String, String> claims) {
    Set<String> told = names.told(recorded);
    String now = told.size() == 1 ? told.iterator().next() : null;
    if (now != null
        && !now.equals(names.taught(recorded))
        && names.isTaken(recorded, now)
        && !refused.contains(List.of(recorded, now))) {
      claims.put(recorded, now);
    }
  }

  /**
   * Finds a call for a request that is like none as things are, or like those only that were given,
   * by taking earlier requests for others.
   *
   * @param own credentials in the request
   * @param suits whether a call may be taken for it
   * @return the call with the names in the request; null when there is none
   */
  Rematch.@Nullable Place find(
      Upstream upstream,
      RequestCanon now,
      List<Credentials.Line> own,
      Predicate<RecordedCall> suits) {
    List<RecordedCall> known = calls.apply(upstream);
    if (open.isEmpty()
        || known.isEmpty()
        || now.body().text().length() > LONGEST_BODY
        || !names.isNamed(now)) {
      return null;
    }
    Asked next = new Asked(now, own, upstream, known.get(0));
    Map<Asked, Rematch.Place> found = search(next, Map.of(), suits, true, false);
    if (found == null) {
      found = search(next, Map.of(), suits, false, false);
    }
    if (found == null) {
      return null;
    }
    commit(found, next);
    return found.get(next);
  }

  /**
   * Searches.
   *
   * @param asHeard whether what was heard has to stay so; without that, nothing is found that was
   *     not found with it when nothing was heard
   */
  private @Nullable Map<Asked, Rematch.Place> search(
      @Nullable Asked next,
      Map<String, String> claims,
      Predicate<RecordedCall> suits,
      boolean asHeard,
      boolean answersHaveToFit) {
    OneToOne all = new OneToOne();
    all.addAll(claims);
    if (asHeard) {
      heard.forEach(all::add);
    } else if (heard.isEmpty()) {
      return null;
    }
    Set<RecordedCall> held = new HashSet<>();
    open.forEach(one -> held.add(one.call()));
    return new Rematch(
            names,
            renamed,
            credentials,
            calls,
            call -> given.get(call.number()) && !held.contains(call),
            tie)
        .search(new ArrayList<>(open), next, suits, all.toMap(), answersHaveToFit);
  }

  private void commit(Map<Asked, Rematch.Place> found, @Nullable Asked next) {
    for (Asked one : open) {
      given.clear(one.call().number());
    }
    List<Map<String, String>> taught = new ArrayList<>();
    for (Asked one : open) {
      Rematch.Place place = found.get(one);
      if (place != null) {
        one.move(place.call(), Rematch.changed(place.names()));
      }
      given.set(one.call().number());
      taught.add(one.taught());
    }
    Rematch.Place place = next == null ? null : found.get(next);
    if (place != null) {
      taught.add(Rematch.changed(place.names()));
    }
    names.replace(taught);
  }

  /** Forgets other names of values that a call is asked with again, and what taught them. */
  void renew(RecordedCall call, Map<String, String> own) {
    Set<String> renamed = new HashSet<>();
    own.forEach(
        (recorded, now) -> {
          String before = names.taught(recorded);
          if (before != null && !before.equals(now)) {
            renamed.add(recorded);
          }
        });
    if (renamed.isEmpty()) {
      return;
    }
    for (Asked one : open) {
      if (one.call().number() == call.number()) {
        names.settle(one.taught());
      }
    }
    open.removeIf(one -> one.call().number() == call.number());
    names.release(renamed);
  }

  void clear() {
    open.clear();
    heard.clear();
    refused.clear();
  }
}
