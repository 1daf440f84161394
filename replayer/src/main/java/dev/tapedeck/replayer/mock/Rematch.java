// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.replayer.flow.RandomValues;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A search for other calls that answered requests may be taken for, so that one more request is
 * like a call, too: each request takes a call that it is like up to names, requests whose names
 * contradict that look for another one, and all names together stay one to one.
 *
 * <p><b>Limits:</b> it gives up after {@value #MOST_STEPS} steps. <b>Threads:</b> confined to one.
 */
final class Rematch {
  private static final int MOST_STEPS = 300;
  private static final int MOST_LIKE = 64;

  private final Names names;
  private final RenamedCalls renamed;
  private final Credentials credentials;
  private final Function<Upstream, List<RecordedCall>> calls;
  private final Predicate<RecordedCall> closed;
  private final ToIntFunction<RecordedCall> tie;
  private final Map<Asked, Integer> order = new HashMap<>();
  private final Map<Asked, List<RecordedCall>> likes = new HashMap<>();

  /** Whether what answers held has to fit. */
  private boolean strict = true;

  private int steps;

  /**
   * Makes a search.
   *
   * @param credentials by which calls are told apart that are alike
   * @param calls those of a service
   * @param closed whether a call was taken for good
   * @param tie how well a call fits to what is served now; less is better
   */
  Rematch(
      Names names,
      RenamedCalls renamed,
      Credentials credentials,
      Function<Upstream, List<RecordedCall>> calls,
      Predicate<RecordedCall> closed,
      ToIntFunction<RecordedCall> tie) {
    this.names = names;
    this.renamed = renamed;
    this.credentials = credentials;
    this.calls = calls;
    this.closed = closed;
    this.tie = tie;
  }

  /**
   * What a request is taken for.
   *
   * @param names of the values in it and in its answer, also of those called what they were
   * @param said those of its answer
   */
  record Place(RecordedCall call, Map<String, String> names, Map<String, String> said) {}

  private record Option(Place place, Set<Asked> displaced) {}

  /** What all requests are taken for; never changed. */
  private record Plan(
      Map<Asked, Place> places, Set<Asked> fixed, Map<String, String> claims, OneToOne names) {

    @Nullable Asked holder(RecordedCall call) {
      for (Map.Entry<Asked, Place> one : places.entrySet()) {
        if (one.getValue().call().number() == call.number()) {
          return one.getKey();
        }
      }
      return null;
    }
  }

  /**
   * Searches.
   *
   * @param open requests that were answered, in their order
   * @param next one more that is to be taken for a call; null when there is none
   * @param suits whether a call may be taken for that
   * @param claims names that have to be
   * @param answersHaveToFit whether nothing is found by which one of the open requests was given
   *     the answer of another call, which names values otherwise
   * @return what each request is taken for; null when nothing was found
   */
  @Nullable Map<Asked, Place> search(
      List<Asked> open,
      @Nullable Asked next,
      Predicate<RecordedCall> suits,
      Map<String, String> claims,
      boolean answersHaveToFit) {
    for (Asked one : open) {
      order.put(one, order.size());
    }
    if (next != null) {
      order.put(next, order.size());
      likes.put(next, findLike(next).stream().filter(suits).toList());
    }
    OneToOne claimed = new OneToOne();
    claimed.addAll(claims);
    for (boolean answersFit :
        answersHaveToFit ? new boolean[] {true} : new boolean[] {true, false}) {
      strict = answersFit;
      steps = 0;
      Map<Asked, Place> places = new LinkedHashMap<>();
      Plan plan = plan(places, Set.of(), claims);
      List<Asked> waiting = new ArrayList<>();
      for (Asked one : open) {
        Place place = withAnswer(one, one.call(), one.taught(), plan.names());
        if (contradicts(place.names(), claimed) || isHeardOtherwise(one, one.call(), claimed)) {
          waiting.add(one);
        } else {
          places.put(one, place);
        }
      }
      Plan found = plan(places, Set.of(), claims);
      if (next != null) {
        found = settle(found, next, waiting);
      } else if (!waiting.isEmpty()) {
        found = settle(found, waiting.get(0), waiting.subList(1, waiting.size()));
      }
      if (found != null) {
        return found.places();
      }
    }
    return null;
  }

  private int position(Asked asked) {
    return order.getOrDefault(asked, 0);
  }

  private static boolean contradicts(Map<String, String> own, OneToOne claimed) {
    return own.entrySet().stream().anyMatch(e -> !claimed.allows(e.getKey(), e.getValue()));
  }

  /** Returns whether what a request was answered with, were it that call, contradicts claims. */
  private boolean isHeardOtherwise(Asked asked, RecordedCall call, OneToOne claimed) {
    return strict && !claimed.isEmpty() && contradicts(asked.namesIn(call), claimed);
  }

  private Plan plan(Map<Asked, Place> places, Set<Asked> fixed, Map<String, String> claims) {
    OneToOne all = names.settled();
    all.permute();
    all.addAll(claims);
    // What was decided goes before what was only not yet doubted.
    fixed.forEach(one -> addTo(all, places.get(one)));
    places.values().forEach(place -> addTo(all, place));
    return new Plan(Map.copyOf(places), Set.copyOf(fixed), claims, all);
  }

  private static void addTo(OneToOne all, @Nullable Place place) {
    if (place != null) {
      all.addAll(place.names());
    }
  }

  /** Finds a place for one request, and then for those that wait or that it displaces. */
  private @Nullable Plan settle(Plan plan, Asked asked, List<Asked> waiting) {
    for (Option option : options(plan, asked)) {
      if (++steps > MOST_STEPS) {
        return null;
      }
      Map<Asked, Place> places = new LinkedHashMap<>(plan.places());
      List<Asked> left = new ArrayList<>(waiting);
      for (Asked one : option.displaced()) {
        places.remove(one);
        left.add(one);
      }
      places.put(asked, option.place());
      Set<Asked> fixed = new HashSet<>(plan.fixed());
      fixed.add(asked);
      Plan next = plan(places, fixed, plan.claims());
      Plan found;
      if (left.isEmpty()) {
        found = isFounded(next) ? next : null;
      } else {
        left.sort(Comparator.comparingInt(this::position));
        found = settle(next, left.get(0), left.subList(1, left.size()));
      }
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** Who says that services gave others' values has to have heard them in their answers. */
  private boolean isFounded(Plan plan) {
    Map<String, String> heard = new HashMap<>();
    plan.places().values().forEach(place -> heard.putAll(place.said()));
    for (Asked one : plan.fixed()) {
      Place place = plan.places().get(one);
      if (place != null
          && place.names().entrySet().stream()
              .filter(e -> !e.getKey().equals(e.getValue()) && names.isMinted(e.getValue()))
              .anyMatch(e -> !e.getValue().equals(heard.get(e.getKey())))) {
        return false;
      }
    }
    return true;
  }

  private List<Option> options(Plan plan, Asked asked) {
    List<Option> options = new ArrayList<>();
    for (RecordedCall call : likes.computeIfAbsent(asked, this::findLike)) {
      Asked holder = plan.holder(call);
      Place place = place(plan, asked, call);
      if (place != null && (holder == null || !plan.fixed().contains(holder))) {
        Set<Asked> displaced = displaced(plan, place);
        if (displaced != null) {
          if (holder != null) {
            displaced.add(holder);
          }
          options.add(new Option(place, displaced));
        }
      }
    }
    options.sort(
        Comparator.comparingInt((Option option) -> option.displaced().size())
            .thenComparingInt(option -> tie.applyAsInt(option.place().call()))
            .thenComparingInt(option -> option.place().call().number()));
    return options;
  }

  private List<RecordedCall> findLike(Asked asked) {
    List<RecordedCall> found = new ArrayList<>();
    for (RecordedCall call : calls.apply(asked.upstream())) {
      if (found.size() < MOST_LIKE
          && call.unservable() == null
          && !closed.test(call)
          && renamed.isLike(call, asked.now(), names.alike())) {
        found.add(call);
      }
    }
    return credentials.sameClient(found, asked.credentials());
  }

  /** Returns what a request would be when it is taken for a call; null when it cannot be. */
  private @Nullable Place place(Plan plan, Asked asked, RecordedCall call) {
    Names.Comparison comparison = names.moving(call, plan.names(), strict);
    if (!renamed.isLike(call, asked.now(), comparison)) {
      return null;
    }
    OneToOne certain = new OneToOne();
    certain.addAll(plan.claims());
    if (isHeardOtherwise(asked, call, certain)) {
      return null;
    }
    names.settled().forEach(certain::add);
    Map<String, String> own = Names.lasting(comparison.found());
    if (own.entrySet().stream().anyMatch(e -> !certain.allows(e.getKey(), e.getValue()))) {
      return null;
    }
    if (!strict) {
      plan.fixed().forEach(one -> addTo(certain, plan.places().get(one)));
    }
    return withAnswer(asked, call, own, certain);
  }

  /**
   * Adds to names of a request that are new those of values that are what they were, and what its
   * answer said.
   *
   * @param certain names that an answer cannot contradict
   */
  private static Place withAnswer(
      Asked asked, RecordedCall call, Map<String, String> own, OneToOne certain) {
    Map<String, String> all = new LinkedHashMap<>(own);
    Set<String> named = new HashSet<>(own.values());
    CallTexts.visit(
        asked.now(),
        asked.now().body().text(),
        word -> {
          if (!named.contains(word)) {
            all.putIfAbsent(word, word);
          }
        });
    OneToOne fitting = new OneToOne();
    fitting.addAll(all);
    Map<String, String> said = new LinkedHashMap<>();
    asked
        .namesIn(call)
        .forEach(
            (recorded, now) -> {
              if (certain.allows(recorded, now) && fitting.add(recorded, now)) {
                said.put(recorded, now);
              }
            });
    all.putAll(said);
    return new Place(call, all, said);
  }

  /** Returns whose names contradict a place; null when they cannot move. */
  private @Nullable Set<Asked> displaced(Plan plan, Place place) {
    OneToOne own = new OneToOne();
    own.addAll(place.names());
    Set<Asked> displaced = new HashSet<>();
    for (Map.Entry<Asked, Place> other : plan.places().entrySet()) {
      boolean fits =
          other.getValue().names().entrySet().stream()
              .allMatch(e -> own.allows(e.getKey(), e.getValue()));
      if (!fits) {
        if (plan.fixed().contains(other.getKey())) {
          return null;
        }
        displaced.add(other.getKey());
      }
    }
    return displaced;
  }

  /** Returns the names that differ from the recorded values. */
  static Map<String, String> changed(Map<String, String> names) {
    Map<String, String> changed = new LinkedHashMap<>();
    names.forEach(
        (recorded, now) -> {
          if (!recorded.equals(now) && RandomValues.isOne(recorded)) {
            changed.put(recorded, now);
          }
        });
    return changed;
  }
}
