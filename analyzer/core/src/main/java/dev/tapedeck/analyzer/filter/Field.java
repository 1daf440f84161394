// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.filter;

import dev.tapedeck.analyzer.Exchange;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.Predicate;

/**
 * Something of an exchange that can be compared. It may have no value (what was not captured), one,
 * or several (a header that is repeated).
 *
 * <p><b>Threads:</b> immutable.
 */
final class Field {
  private static final NumberValues NO_NUMBERS = (exchange, test) -> false;
  private static final TextValues NO_TEXTS = (exchange, test) -> false;

  private final String name;
  private final FieldType type;
  private final long plainUnit;
  private final List<String> words;
  private final NumberValues numbers;
  private final TextValues texts;
  private final Known known;

  private Field(
      String name,
      FieldType type,
      long plainUnit,
      List<String> words,
      NumberValues numbers,
      TextValues texts,
      Known known) {
    this.name = name;
    this.type = type;
    this.plainUnit = plainUnit;
    this.words = List.copyOf(words);
    this.numbers = numbers;
    this.texts = texts;
    this.known = known;
  }

  /** Where a field's numbers come from. */
  @FunctionalInterface
  interface NumberValues {
    /** Returns whether a known value passes the test. */
    boolean any(Exchange exchange, LongPredicate test);
  }

  /** Where a field's texts come from. */
  @FunctionalInterface
  interface TextValues {
    /** Returns whether a known value passes the test. */
    boolean any(Exchange exchange, Predicate<String> test);
  }

  /** How a field is found among known values. */
  private interface Known {
    Verdict anyNumber(KnownValues values, LongPredicate test);

    Verdict anyText(KnownValues values, Predicate<String> test);
  }

  /** Under its name. */
  private record Named(String name) implements Known {
    @Override
    public Verdict anyNumber(KnownValues values, LongPredicate test) {
      return values.anyNumber(name, test);
    }

    @Override
    public Verdict anyText(KnownValues values, Predicate<String> test) {
      return values.anyText(name, test);
    }
  }

  /** In another field's text. */
  private record PartOf(String name, TextPart part) implements Known {
    @Override
    public Verdict anyNumber(KnownValues values, LongPredicate test) {
      return Verdict.MAYBE;
    }

    @Override
    public Verdict anyText(KnownValues values, Predicate<String> test) {
      return values.anyText(name, whole -> part.any(whole, test));
    }
  }

  /** As one of two fields. */
  private record EitherOf(Field one, Field other) implements Known {
    @Override
    public Verdict anyNumber(KnownValues values, LongPredicate test) {
      return one.judgeNumbers(values, test).or(other.judgeNumbers(values, test));
    }

    @Override
    public Verdict anyText(KnownValues values, Predicate<String> test) {
      return one.judgeTexts(values, test).or(other.judgeTexts(values, test));
    }
  }

  /** What of a text a field is. */
  @FunctionalInterface
  interface TextPart {
    /** Returns whether such a part of the text passes the test. */
    boolean any(String whole, Predicate<String> test);
  }

  /**
   * Makes a field of numbers.
   *
   * @param plainUnit what a number without unit is multiplied by; 0 where a unit is required
   */
  static Field ofNumbers(String name, FieldType type, long plainUnit, NumberValues values) {
    return new Field(name, type, plainUnit, List.of(), values, NO_TEXTS, new Named(name));
  }

  /** Makes a field of texts. */
  static Field ofTexts(String name, FieldType type, TextValues values) {
    return new Field(name, type, 0, List.of(), NO_NUMBERS, values, new Named(name));
  }

  /** Makes a field of which all values are known beforehand. */
  static Field ofWords(String name, List<String> words, TextValues values) {
    return new Field(name, FieldType.WORD, 0, words, NO_NUMBERS, values, new Named(name));
  }

  /** Makes a field that has the values of two fields of the same type. */
  static Field ofEither(String name, Field one, Field other) {
    return new Field(
        name,
        one.type,
        1,
        List.of(),
        (e, test) -> one.anyNumber(e, test) || other.anyNumber(e, test),
        (e, test) -> one.anyText(e, test) || other.anyText(e, test),
        new EitherOf(one, other));
  }

  /** Returns the same under another name. */
  Field named(String otherName) {
    return new Field(otherName, type, plainUnit, words, numbers, texts, known);
  }

  /** Returns the same where numbers have to say their unit. */
  Field withUnit() {
    return new Field(name, type, 0, words, numbers, texts, known);
  }

  /** Returns the same, which can be told from what another field's text is known to be. */
  Field partOf(String whole, TextPart part) {
    return new Field(name, type, plainUnit, words, numbers, texts, new PartOf(whole, part));
  }

  String name() {
    return name;
  }

  FieldType type() {
    return type;
  }

  /** Returns what a number without unit is multiplied by; 0 where a unit is required. */
  long plainUnit() {
    return plainUnit;
  }

  /** Returns all values that it can have; of words only. */
  List<String> words() {
    return words;
  }

  boolean anyNumber(Exchange exchange, LongPredicate test) {
    return numbers.any(exchange, test);
  }

  boolean anyText(Exchange exchange, Predicate<String> test) {
    return texts.any(exchange, test);
  }

  Verdict judgeNumbers(KnownValues values, LongPredicate test) {
    return known.anyNumber(values, test);
  }

  Verdict judgeTexts(KnownValues values, Predicate<String> test) {
    return known.anyText(values, test);
  }

  /** Returns what passes when some number of the field does. */
  Condition anyNumber(LongPredicate test) {
    return new Condition.AnyNumber(this, test);
  }

  /** Returns what passes when some text of the field does. */
  Condition anyText(Predicate<String> test) {
    return new Condition.AnyText(this, test);
  }

  /** Returns what passes when a value is known. */
  Condition known() {
    return type.isNumeric() ? anyNumber(value -> true) : anyText(value -> true);
  }
}
