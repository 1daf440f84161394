// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.terminal;

/** Colours of the terminal (ECMA-48, section 8.3.117). */
public enum Style {
  PLAIN("0"),
  BOLD("1"),
  DIM("2"),
  GOOD("32"),
  MOVED("36"),
  WARNING("33"),
  BAD("31"),
  NAME("94"),
  WORD("35");

  private final String code;

  Style(String code) {
    this.code = code;
  }

  /** Returns the style of an HTTP status. */
  public static Style ofStatus(int status) {
    return switch (status / 100) {
      case 2 -> GOOD;
      case 3 -> MOVED;
      case 4 -> WARNING;
      case 5 -> BAD;
      default -> PLAIN;
    };
  }

  /** Returns the text in this style. */
  public String paint(String text) {
    return "\u001b[" + code + "m" + text + "\u001b[0m";
  }
}
