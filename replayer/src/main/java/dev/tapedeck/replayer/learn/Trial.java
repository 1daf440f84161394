// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.learn;

import dev.tapedeck.replayer.compare.Answers;
import dev.tapedeck.replayer.compare.Baseline;
import dev.tapedeck.replayer.diff.Renaming;
import dev.tapedeck.replayer.diff.Synonyms;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.target.Target;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The answers of one replay.
 *
 * @param target whose they are
 * @param answers by the requests' numbers
 * @param names what recorded values are called in them
 */
public record Trial(Target target, AnswerStore answers, Map<String, Set<String>> names) {
  /**
   * Returns what values of these answers are called in those of another replay.
   *
   * @param others what recorded values are called there; may still grow
   */
  public Synonyms to(Synonyms others) {
    Map<String, Set<String>> recordedOf = new HashMap<>();
    names.forEach(
        (recorded, own) ->
            own.forEach(
                value ->
                    recordedOf.computeIfAbsent(value, unused -> new HashSet<>()).add(recorded)));
    return value -> {
      Set<String> recorded = recordedOf.get(value);
      if (recorded == null) {
        return others.of(value);
      }
      Set<String> all = new HashSet<>();
      for (String one : recorded) {
        Set<String> theirs = others.of(one);
        all.addAll(theirs.isEmpty() ? Set.of(one) : theirs);
      }
      return all;
    };
  }

  /** Returns what recorded values are called. */
  public Synonyms fromRecorded() {
    return value -> names.getOrDefault(value, Set.of());
  }

  /**
   * Returns these answers as what those of another replay are compared with.
   *
   * @param other target of that replay
   * @param others what recorded values are called there
   */
  public Baseline baseline(Target other, Synonyms others) {
    Renaming renaming = Answers.renaming(target, other, to(others));
    return new Baseline() {
      @Override
      public @Nullable Answer of(PlannedRequest request) throws IOException {
        return answers.of(request.number());
      }

      @Override
      public Renaming renaming(PlannedRequest request) {
        return renaming;
      }
    };
  }
}
