// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.filter;

/**
 * An expression that means nothing, with the place that shows it and what would be right.
 *
 * <p>The message is one line that is complete in itself.
 */
public final class FilterSyntaxException extends Exception {
  private static final long serialVersionUID = 1;

  private final String expression;
  private final int position;

  FilterSyntaxException(String expression, int position, String problem) {
    super(problem + ", at character " + (position + 1));
    this.expression = expression;
    this.position = position;
  }

  /** Returns the expression. */
  public String expression() {
    return expression;
  }

  /** Returns the 0-based place of the character that is wrong; the length where more is needed. */
  public int position() {
    return position;
  }

  /**
   * Returns two lines: the expression, and a caret below the character that is wrong. Control
   * characters are shown as dots, so that the caret stays in its place.
   */
  public String marked() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < expression.length(); i++) {
      char c = expression.charAt(i);
      lines.append(Character.isISOControl(c) ? '.' : c);
    }
    return lines.append('\n').append(" ".repeat(position)).append('^').toString();
  }
}
