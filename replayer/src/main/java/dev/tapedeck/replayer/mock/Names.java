// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.replayer.capture.RecordedCapture;
import dev.tapedeck.replayer.diff.Synonyms;
import dev.tapedeck.replayer.diff.WordWalk;
import dev.tapedeck.replayer.flow.RandomValues;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What recorded values are called now: what a replay beside the mock knows, and what requests
 * taught that the mock matched. A service that makes an id up and sends it downstream makes up
 * another one now; that one is its name from the first request on that holds it.
 *
 * <p>Names are one to one: a value that stands for one recorded value stands for no other.
 *
 * <p><b>Threads:</b> confined by its owner.
 */
final class Names {
  private final LiveCalls live;
  private final List<RecordedCapture> captures;
  private final BiPredicate<String, RecordedCall> due;
  private final OneToOne current = new OneToOne();

  /** Names that stay, whatever comes: nobody remembers any more what taught them. */
  private final OneToOne settled = new OneToOne();

  private @Nullable OwnValues ownValues;

  /** What may stand for a recorded value, beside its name. */
  private enum Reach {
    /** Nothing. */
    KNOWN,
    /** A value that the service made up now, for one that it had made up. */
    MADE_UP,
    /** Also one that is taken for the name of another. */
    MOVED,
    /** Also one that another service made up, for another such one. */
    SWAPPED,
    /** One that the service made up now for one that it makes up again where it did first. */
    AGAIN,
    /** Any that is made alike. */
    ALIKE
  }

  /**
   * Makes one that knows no names.
   *
   * @param due whether a call may be the first to tell what a value, which the service makes up, is
   *     called now
   */
  Names(LiveCalls live, List<RecordedCapture> captures, BiPredicate<String, RecordedCall> due) {
    this.live = live;
    this.captures = List.copyOf(captures);
    this.due = due;
  }

  OwnValues ownValues() {
    OwnValues known = ownValues;
    if (known == null) {
      known = new OwnValues(captures);
      ownValues = known;
    }
    return known;
  }

  /** A comparison of a recorded request with one of now, text by text. */
  final class Comparison {
    private final Reach reach;
    private final OneToOne names;
    private final @Nullable RecordedCall call;
    private final Map<String, String> found = new LinkedHashMap<>();

    private Comparison(Reach reach, OneToOne names, @Nullable RecordedCall call) {
      this.reach = reach;
      this.names = names;
      this.call = call;
    }

    /** Returns whether a text is as recorded, up to names. */
    boolean same(String recorded, String now) {
      boolean same =
          recorded.equals(now)
              || isNamed(recorded, now)
              || WordWalk.same(recorded, now, this::stands);
      return same && (!names.isPermuted() || reach == Reach.ALIKE || isConsistent(now));
    }

    /** A path is a word too: what it is made of counts first. */
    private boolean stands(String recorded, String now) {
      if (isNamed(recorded, now)) {
        return true;
      }
      Map<String, String> before = Map.copyOf(found);
      if (WordWalk.sameTight(recorded, now, (r, n) -> isNamed(r, n) || takes(r, n))) {
        return true;
      }
      found.keySet().retainAll(before.keySet());
      return takes(recorded, now);
    }

    private boolean isNamed(String recorded, String now) {
      String before = found.get(recorded);
      if (before != null) {
        return before.equals(now);
      }
      String name = names.name(recorded);
      if (name != null ? name.equals(now) : isTold(recorded, now)) {
        found.put(recorded, now);
        return true;
      }
      return false;
    }

    private boolean isTold(String recorded, String now) {
      String owner = names.recordedOf(now);
      return (owner == null || owner.equals(recorded))
          && live.synonyms().of(recorded).contains(now);
    }

    private boolean takes(String recorded, String now) {
      if (found.containsKey(recorded) || found.containsValue(now) || !may(recorded, now)) {
        return false;
      }
      found.put(recorded, now);
      return true;
    }

    private boolean may(String recorded, String now) {
      return switch (reach) {
        case KNOWN -> false;
        case MADE_UP -> isNew(recorded, now);
        case MOVED -> isNew(recorded, now) || isMoved(recorded, now);
        case SWAPPED -> isNew(recorded, now) || isMoved(recorded, now) || isSwapped(recorded, now);
        case AGAIN -> isAgain(recorded, now);
        case ALIKE ->
            RandomValues.areAlike(recorded, now) || live.synonyms().of(recorded).contains(now);
      };
    }

    private boolean isNew(String recorded, String now) {
      return names.nowOf(recorded) == null
          && names.recordedOf(now) == null
          && isMadeUp(recorded, now)
          && live.synonyms().of(recorded).isEmpty()
          && (call == null || due.test(recorded, call));
    }

    private boolean isMoved(String recorded, String now) {
      if (current.recordedOf(now) == null || !isMadeUp(recorded, now)) {
        return false;
      }
      Set<String> told = live.synonyms().of(recorded);
      return told.isEmpty() || told.contains(now);
    }

    private boolean isSwapped(String recorded, String now) {
      return RandomValues.areAlike(recorded, now)
          && !ownValues().isOwn(recorded)
          && isMinted(recorded)
          && isMinted(now)
          && !isOfOther(recorded, now);
    }

    private boolean isAgain(String recorded, String now) {
      return names.recordedOf(now) == null
          && isMadeUp(recorded, now)
          && call != null
          && due.test(recorded, call);
    }

    private boolean isMadeUp(String recorded, String now) {
      return RandomValues.areAlike(recorded, now)
          && ownValues().isOwn(recorded)
          && !ownValues().isRecorded(now);
    }

    /** Where a value is what it was, that must not be the name of another. */
    private boolean isConsistent(String now) {
      Set<String> foreign = new HashSet<>();
      RandomValues.visit(
          now,
          word -> {
            String owner = names.recordedOf(word);
            String name = owner == null ? names.name(word) : owner;
            if (name != null && !name.equals(word) && !found.containsValue(word)) {
              foreign.add(word);
            }
          });
      return foreign.isEmpty();
    }

    /** Returns the recorded values that had another name, with that name. */
    Map<String, String> found() {
      return found;
    }
  }

  /** Begins a comparison that knows the names so far. */
  Comparison known() {
    return new Comparison(Reach.KNOWN, current, null);
  }

  /**
   * Begins a comparison that takes values the service makes up for new names of such values.
   *
   * @param call that is compared; null for what is said on a connection of its own
   */
  Comparison guessing(@Nullable RecordedCall call) {
    return new Comparison(Reach.MADE_UP, current, call);
  }

  /**
   * The same where other names are assumed; names that are known may stand for other values.
   *
   * @param swapped whether values that other services made up may stand for each other
   */
  Comparison moving(RecordedCall call, OneToOne assumed, boolean swapped) {
    return new Comparison(swapped ? Reach.SWAPPED : Reach.MOVED, assumed, call);
  }

  /** The same where a service that begins anew makes up again what it had made up. */
  Comparison again(RecordedCall call) {
    return new Comparison(Reach.AGAIN, current, call);
  }

  /** Begins a comparison in which values that are made alike may stand for each other. */
  Comparison alike() {
    return new Comparison(Reach.ALIKE, new OneToOne(), null);
  }

  /** Returns whether any value may have another name. */
  boolean any() {
    return !current.isEmpty() || live.synonyms() != Synonyms.NONE;
  }

  /** Returns what the replay beside the mock says that a recorded value is called. */
  Set<String> told(String recorded) {
    return live.synonyms().of(recorded);
  }

  /** Returns the name of a recorded value that requests or answers taught; null when none did. */
  @Nullable String taught(String recorded) {
    return current.nowOf(recorded);
  }

  /** Returns whether a recorded value is called that, as far as is known. */
  boolean isCalled(String recorded, String now) {
    String name = current.name(recorded);
    if (name != null) {
      return name.equals(now);
    }
    return told(recorded).contains(now)
        || (recorded.equals(now) && current.recordedOf(recorded) == null);
  }

  /** Returns whether a value may still be called what it was: whether nothing else is. */
  boolean stays(String recorded) {
    String owner = current.recordedOf(recorded);
    return owner == null || owner.equals(recorded);
  }

  /** Returns whether a value was recorded, and not because the service made it up. */
  boolean isMinted(String value) {
    return ownValues().isRecorded(value) && !ownValues().isOwn(value);
  }

  /**
   * Returns whether one of two values is a client's, and the second not what the first is called.
   */
  boolean isOfOther(String recorded, String now) {
    return !recorded.equals(now)
        && (ownValues().isOfClient(recorded) || ownValues().isOfClient(now))
        && !told(recorded).contains(now);
  }

  /** Returns whether a value is taken for the name of another, or another for that of this one. */
  boolean isTaken(String recorded, String now) {
    return !current.allows(recorded, now);
  }

  /** Returns whether a request holds a value that is taken for the name of another. */
  boolean isNamed(RequestCanon now) {
    Set<String> known = new HashSet<>();
    CallTexts.visit(
        now,
        now.body().text(),
        word -> {
          if (current.recordedOf(word) != null) {
            known.add(word);
          }
        });
    return !known.isEmpty();
  }

  /** Returns whether recorded values may be names of others. */
  boolean arePermuted() {
    return current.isPermuted();
  }

  /** Returns those names of a request that are kept: short words may mean many things. */
  static Map<String, String> lasting(Map<String, String> names) {
    Map<String, String> lasting = new HashMap<>();
    names.forEach(
        (recorded, now) -> {
          if (RandomValues.isOne(recorded)) {
            lasting.put(recorded, now);
          }
        });
    return lasting;
  }

  /** Keeps names for as long as what taught them is remembered. */
  void learn(Map<String, String> names) {
    addTo(current, lasting(names));
  }

  /** Keeps names for good. */
  void settle(Map<String, String> names) {
    learn(names);
    addTo(settled, lasting(names));
  }

  private void addTo(OneToOne target, Map<String, String> names) {
    // Only answers that were given for one another do that, and they are guessed with these values.
    OwnValues known = ownValues;
    names.forEach(
        (recorded, now) -> {
          boolean added = !recorded.equals(now) && target.add(recorded, now);
          if (added && known != null && known.isRecorded(now)) {
            target.permute();
          }
        });
  }

  /** Forgets names: what has them gets others. */
  void release(Set<String> recorded) {
    for (String one : recorded) {
      current.remove(one);
      settled.remove(one);
    }
  }

  /** Returns the names that stay, in a copy. */
  OneToOne settled() {
    OneToOne copy = new OneToOne();
    settled.forEach(copy::add);
    return copy;
  }

  /** Takes others for those that do not stay. */
  void replace(List<Map<String, String>> taught) {
    current.clear();
    settled.forEach((recorded, now) -> addTo(current, Map.of(recorded, now)));
    taught.forEach(names -> addTo(current, names));
  }

  /**
   * Returns what a long recorded value is called in the answer to a request; null when it is called
   * what it was, or when that is not known.
   *
   * @param ofRequest names that the request taught
   */
  @Nullable String nowOf(String recorded, Map<String, String> ofRequest) {
    if (!RandomValues.isOne(recorded)) {
      return null;
    }
    String own = ofRequest.get(recorded);
    String now = own == null ? current.name(recorded) : own;
    if (now != null) {
      return now;
    }
    Set<String> told = live.synonyms().of(recorded);
    String only = told.size() == 1 ? told.iterator().next() : null;
    return only == null || current.recordedOf(only) != null ? null : only;
  }

  /** Forgets what requests taught. */
  void clear() {
    current.clear();
    settled.clear();
  }
}
