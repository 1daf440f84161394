// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.filter;

/** What values a field has, and so which comparisons it knows. */
enum FieldType {
  NUMBER("a number, such as 500"),
  DURATION("a duration with its unit, such as 200ms"),
  SIZE("a size, such as 16KiB"),
  TIME("a time, such as 2026-03-01T12:00:00Z, or +30s after the capture's first event"),
  BOOLEAN("true or false"),
  ADDRESS("an address, such as 10.0.0.1 or 10.0.0.0/8"),
  WORD("a word"),
  TEXT("a text");

  private final String example;

  FieldType(String example) {
    this.example = example;
  }

  /** Returns what a value looks like. */
  String example() {
    return example;
  }

  /** Returns whether values have an order. */
  boolean isOrdered() {
    return this == NUMBER || this == DURATION || this == SIZE || this == TIME;
  }

  /** Returns whether values are kept as numbers. */
  boolean isNumeric() {
    return isOrdered() || this == BOOLEAN;
  }
}
