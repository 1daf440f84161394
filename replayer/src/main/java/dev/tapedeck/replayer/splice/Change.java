// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.splice;

/**
 * The region in which two texts differ.
 *
 * @param from where both begin to differ
 * @param to end of the region in the text before, exclusive
 * @param nowTo end of the region in the text now, exclusive
 */
record Change(int from, int to, int nowTo) {
  static Change between(String before, String now) {
    int shorter = Math.min(before.length(), now.length());
    int from = 0;
    while (from < shorter && before.charAt(from) == now.charAt(from)) {
      from++;
    }
    int same = 0;
    while (same < shorter - from
        && before.charAt(before.length() - 1 - same) == now.charAt(now.length() - 1 - same)) {
      same++;
    }
    return new Change(from, before.length() - same, now.length() - same);
  }
}
