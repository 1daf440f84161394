// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.filter;

import dev.tapedeck.analyzer.Exchange;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.Predicate;

/**
 * What an expression, or a part of it, asks: of an exchange, or of what is known of one.
 *
 * <p><b>Threads:</b> immutable.
 */
sealed interface Condition extends Predicate<Exchange> {
  /** Returns what the known values tell. */
  Verdict judge(KnownValues known);

  /** Passes when one does. */
  record AnyOf(List<Condition> parts) implements Condition {
    @Override
    public boolean test(Exchange exchange) {
      for (Condition part : parts) {
        if (part.test(exchange)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public Verdict judge(KnownValues known) {
      Verdict verdict = Verdict.NO;
      for (int i = 0; i < parts.size() && verdict != Verdict.YES; i++) {
        verdict = verdict.or(parts.get(i).judge(known));
      }
      return verdict;
    }
  }

  /** Passes when all do. */
  record AllOf(List<Condition> parts) implements Condition {
    @Override
    public boolean test(Exchange exchange) {
      for (Condition part : parts) {
        if (!part.test(exchange)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public Verdict judge(KnownValues known) {
      Verdict verdict = Verdict.YES;
      for (int i = 0; i < parts.size() && verdict != Verdict.NO; i++) {
        verdict = verdict.and(parts.get(i).judge(known));
      }
      return verdict;
    }
  }

  /** Passes when the other does not. */
  record Not(Condition other) implements Condition {
    @Override
    public boolean test(Exchange exchange) {
      return !other.test(exchange);
    }

    @Override
    public Verdict judge(KnownValues known) {
      return other.judge(known).not();
    }
  }

  /** Passes when some number of a field does. */
  record AnyNumber(Field field, LongPredicate test) implements Condition {
    @Override
    public boolean test(Exchange exchange) {
      return field.anyNumber(exchange, test);
    }

    @Override
    public Verdict judge(KnownValues known) {
      return field.judgeNumbers(known, test);
    }
  }

  /** Passes when some text of a field does. */
  record AnyText(Field field, Predicate<String> test) implements Condition {
    @Override
    public boolean test(Exchange exchange) {
      return field.anyText(exchange, test);
    }

    @Override
    public Verdict judge(KnownValues known) {
      return field.judgeTexts(known, test);
    }
  }
}
