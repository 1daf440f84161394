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

  private Field(
      String name,
      FieldType type,
      long plainUnit,
      List<String> words,
      NumberValues numbers,
      TextValues texts) {
    this.name = name;
    this.type = type;
    this.plainUnit = plainUnit;
    this.words = List.copyOf(words);
    this.numbers = numbers;
    this.texts = texts;
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

  /**
   * Makes a field of numbers.
   *
   * @param plainUnit what a number without unit is multiplied by; 0 where a unit is required
   */
  static Field ofNumbers(String name, FieldType type, long plainUnit, NumberValues values) {
    return new Field(name, type, plainUnit, List.of(), values, NO_TEXTS);
  }

  /** Makes a field of texts. */
  static Field ofTexts(String name, FieldType type, TextValues values) {
    return new Field(name, type, 0, List.of(), NO_NUMBERS, values);
  }

  /** Makes a field of which all values are known beforehand. */
  static Field ofWords(String name, List<String> words, TextValues values) {
    return new Field(name, FieldType.WORD, 0, words, NO_NUMBERS, values);
  }

  /** Returns the same under another name. */
  Field named(String other) {
    return new Field(other, type, plainUnit, words, numbers, texts);
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

  /** Returns what passes when some number of the field does. */
  Predicate<Exchange> anyNumber(LongPredicate test) {
    NumberValues values = numbers;
    return exchange -> values.any(exchange, test);
  }

  /** Returns what passes when some text of the field does. */
  Predicate<Exchange> anyText(Predicate<String> test) {
    TextValues values = texts;
    return exchange -> values.any(exchange, test);
  }

  /** Returns what passes when a value is known. */
  Predicate<Exchange> known() {
    return type.isNumeric() ? anyNumber(value -> true) : anyText(value -> true);
  }
}
