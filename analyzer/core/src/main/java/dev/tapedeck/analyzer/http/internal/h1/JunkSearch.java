// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

/**
 * Looks for a strict start line behind lines that are none.
 *
 * <p>Some servers write to the connection before their first head, and clients look past it. Few
 * lines only: what is longer is rather a body without a head, which may quote one.
 */
final class JunkSearch {
  /** No start line was found, and none will be. */
  static final int NEVER = -1;

  /** More bytes may bring one. */
  static final int MORE = -2;

  private static final int MAX_BYTES = 512;
  private static final int MAX_LINES = 4;

  private JunkSearch() {}

  /**
   * Returns the index of the first byte of the start line, {@link #MORE} or {@link #NEVER}.
   *
   * @param from of the first byte of the junk
   */
  static int find(MessageRules rules, byte[] array, int from, int to) {
    StartLine probe = new StartLine();
    int lines = 0;
    int at = from;
    while (true) {
      while (at < to && array[at] != '\n' && array[at] != '\r') {
        at++;
      }
      while (at < to && ByteScan.isPadding(array[at])) {
        at++;
      }
      if (at - from > MAX_BYTES || lines == MAX_LINES) {
        return NEVER;
      }
      if (at == to) {
        return MORE;
      }
      lines++;
      int end = ByteScan.indexOfLineFeed(array, at, to);
      boolean may = rules.mayBecomeStart(array, at, end < 0 ? to : end, true);
      if (may && end < 0) {
        return to - at > MAX_BYTES ? NEVER : MORE;
      }
      if (may
          && rules.readStartLine(probe, array, at, end) == StartLine.Reading.VERSIONED
          && rules.isStrict(probe, array, at)) {
        return at;
      }
    }
  }
}
