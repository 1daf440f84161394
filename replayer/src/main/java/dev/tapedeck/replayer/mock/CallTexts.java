// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.replayer.flow.RandomValues;
import dev.tapedeck.replayer.rules.MockRule;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The bodies of recorded calls in one spelling, those that were looked at last; and which call was
 * the first to hold a value.
 *
 * <p><b>Threads:</b> confined by its owner.
 */
final class CallTexts {
  private static final long MOST_CHARACTERS = 32 << 20;

  private final List<MockRule> rules;
  private final Map<Integer, String> bodies = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, Integer> firsts = new HashMap<>();
  private long characters;

  CallTexts(List<MockRule> rules) {
    this.rules = rules;
  }

  /** Returns the body of a call, as {@link RequestCanon} spells it. */
  String body(RecordedCall call) {
    String known = bodies.get(call.number());
    if (known != null) {
      return known;
    }
    HttpRequest whole = call.request();
    String text =
        RequestCanon.of(whole, CallFinder.rulesFor(rules, call.upstream(), whole)).body().text();
    bodies.put(call.number(), text);
    characters += text.length();
    var oldest = bodies.entrySet().iterator();
    while (characters > MOST_CHARACTERS) {
      characters -= oldest.next().getValue().length();
      oldest.remove();
    }
    return text;
  }

  /** Goes through the long random values of a call's request. */
  void visit(RecordedCall call, Consumer<String> visitor) {
    visit(call.canon(), body(call), visitor);
  }

  /** Goes through those of a request. */
  static void visit(RequestCanon canon, String body, Consumer<String> visitor) {
    RandomValues.visit(canon.path(), visitor);
    canon.query().forEach(pair -> RandomValues.visit(pair.value(), visitor));
    canon.fields().values().forEach(value -> RandomValues.visit(value, visitor));
    canon.body().pairs().forEach(pair -> RandomValues.visit(pair.value(), visitor));
    RandomValues.visit(body, visitor);
  }

  /**
   * Takes note of which calls hold values first.
   *
   * @param values which
   */
  void noteFirsts(List<RecordedCall> calls, Predicate<String> values) {
    for (RecordedCall call : calls) {
      visit(
          call,
          word -> {
            if (values.test(word)) {
              firsts.putIfAbsent(word, call.number());
            }
          });
    }
  }

  /** Returns the number of the first call that holds a value; that of the call when none is. */
  int first(String value, RecordedCall call) {
    return Objects.requireNonNullElse(firsts.get(value), call.number());
  }
}
