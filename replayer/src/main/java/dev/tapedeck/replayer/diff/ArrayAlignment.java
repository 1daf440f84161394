// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import java.util.Arrays;

/** Finds which elements of two arrays belong together; equal elements have equal numbers. */
final class ArrayAlignment {
  /** Largest table of the longest common subsequence; beyond it elements pair by place. */
  private static final long MAX_CELLS = 4_000_000;

  private ArrayAlignment() {}

  /** Receives the pairs that are not equal and what has no partner; indexes are 0-based. */
  interface Visitor {
    void paired(int from, int to);

    void missing(int from);

    void added(int to);
  }

  /** Returns whether the arrays hold the same elements in another order. */
  static boolean isReordered(int[] before, int[] now) {
    if (before.length != now.length || Arrays.equals(before, now)) {
      return false;
    }
    int[] sortedBefore = before.clone();
    int[] sortedNow = now.clone();
    Arrays.sort(sortedBefore);
    Arrays.sort(sortedNow);
    return Arrays.equals(sortedBefore, sortedNow);
  }

  /** Reports what is not equal in both. */
  static void align(int[] before, int[] now, Visitor visitor) {
    int start = 0;
    int endBefore = before.length;
    int endNow = now.length;
    while (start < endBefore && start < endNow && before[start] == now[start]) {
      start++;
    }
    while (endBefore > start && endNow > start && before[endBefore - 1] == now[endNow - 1]) {
      endBefore--;
      endNow--;
    }
    int rows = endBefore - start;
    int columns = endNow - start;
    if (rows == columns || rows == 0 || columns == 0 || (long) rows * columns > MAX_CELLS) {
      unmatched(start, endBefore, start, endNow, visitor);
      return;
    }
    int[][] longest = commonLengths(before, now, start, rows, columns);
    int i = 0;
    int j = 0;
    int fromI = 0;
    int fromJ = 0;
    while (i < rows && j < columns) {
      if (before[start + i] == now[start + j]) {
        unmatched(start + fromI, start + i, start + fromJ, start + j, visitor);
        i++;
        j++;
        fromI = i;
        fromJ = j;
      } else if (longest[i + 1][j] >= longest[i][j + 1]) {
        i++;
      } else {
        j++;
      }
    }
    unmatched(start + fromI, endBefore, start + fromJ, endNow, visitor);
  }

  /** Cell [i][j] is the length of the longest common subsequence of what follows i and j. */
  private static int[][] commonLengths(int[] before, int[] now, int start, int rows, int columns) {
    int[][] longest = new int[rows + 1][columns + 1];
    for (int i = rows - 1; i >= 0; i--) {
      for (int j = columns - 1; j >= 0; j--) {
        longest[i][j] =
            before[start + i] == now[start + j]
                ? longest[i + 1][j + 1] + 1
                : Math.max(longest[i + 1][j], longest[i][j + 1]);
      }
    }
    return longest;
  }

  private static void unmatched(int from, int fromEnd, int to, int toEnd, Visitor visitor) {
    int pairs = Math.min(fromEnd - from, toEnd - to);
    for (int k = 0; k < pairs; k++) {
      visitor.paired(from + k, to + k);
    }
    for (int i = from + pairs; i < fromEnd; i++) {
      visitor.missing(i);
    }
    for (int j = to + pairs; j < toEnd; j++) {
      visitor.added(j);
    }
  }
}
