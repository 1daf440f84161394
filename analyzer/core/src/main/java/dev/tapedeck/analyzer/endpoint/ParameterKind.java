// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.endpoint;

/** What the values of a path parameter look like. */
public enum ParameterKind {
  /** Decimal digits. */
  INTEGER("id"),
  /** A decimal number with a sign or a fraction. */
  NUMBER("number"),
  /** A UUID (RFC 9562, section 4), with or without braces. */
  UUID("id"),
  /** Hexadecimal digits, such as a digest or an object id. */
  HASH("hash"),
  /** A date, or date and time (RFC 3339). */
  DATE("date"),
  /** A mail address. */
  EMAIL("email"),
  /** Long text that no person chose. */
  TOKEN("token"),
  /** Text that is a parameter because so many others stood in its place. */
  SLUG("slug"),
  /** Values of several kinds. */
  MIXED("id");

  private final String parameterName;

  ParameterKind(String parameterName) {
    this.parameterName = parameterName;
  }

  /** Returns the name that a parameter of this kind gets. */
  String parameterName() {
    return parameterName;
  }

  /** Returns what values of both kinds are. */
  ParameterKind and(ParameterKind other) {
    return this == other ? this : MIXED;
  }
}
