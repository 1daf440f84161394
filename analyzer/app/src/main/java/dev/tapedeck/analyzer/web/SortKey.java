// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import dev.tapedeck.analyzer.listing.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the list can be sorted by; names as of {@code exchanges --sort}, where that has them. */
enum SortKey {
  STARTED(Rows::startedEpochNanos),
  FIRST_BYTE(Rows::firstByteNanos),
  DURATION(Rows::durationNanos),
  STATUS((rows, i) -> rows.status(i)),
  REQUEST_BYTES(Rows::requestBytes),
  RESPONSE_BYTES(Rows::responseBytes),
  SESSION_ID((rows, i) -> rows.session(i)),
  METHOD((rows, i) -> 0, Rows::method),
  AUTHORITY((rows, i) -> 0, Rows::authority),
  TARGET((rows, i) -> 0, Rows::target),
  CONTENT_TYPE((rows, i) -> 0, Rows::contentType),
  PROCESS((rows, i) -> 0, Rows::process);

  /** Of more different texts the order would take too much memory. */
  private static final int MAX_TEXTS = 500_000;

  @SuppressWarnings("ImmutableEnumChecker") // lambdas that keep nothing
  private final Value value;

  @SuppressWarnings("ImmutableEnumChecker") // lambdas that keep nothing
  private final @Nullable Text text;

  SortKey(Value value) {
    this.value = value;
    this.text = null;
  }

  SortKey(Value value, Text text) {
    this.value = value;
    this.text = text;
  }

  private interface Value {
    long of(Rows rows, int i);
  }

  private interface Text {
    String of(Rows rows, int i);
  }

  static @Nullable SortKey of(String name) {
    for (SortKey key : values()) {
      if (key.name().toLowerCase(Locale.ROOT).equals(name)) {
        return key;
      }
    }
    return null;
  }

  /** Collects the keys of rows. */
  final class Collector {
    private final long[] keys;
    private final Map<String, Integer> numbers = new HashMap<>();
    private int size;

    Collector(int rows) {
      keys = new long[rows];
    }

    /** Takes the next row's. */
    void add(Rows rows, int i) throws BadRequestException {
      if (text == null) {
        keys[size] = value.of(rows, i);
      } else {
        if (numbers.size() > MAX_TEXTS) {
          throw new BadRequestException("too many different values to sort by: filter first", null);
        }
        Function<String, Integer> next = unused -> numbers.size();
        keys[size] = numbers.computeIfAbsent(text.of(rows, i), next);
      }
      size++;
    }

    /** Returns the places of the rows in order; equal ones as they were. */
    int[] order(boolean descending) {
      if (text != null) {
        List<Map.Entry<String, Integer>> texts = new ArrayList<>(numbers.entrySet());
        texts.sort(Map.Entry.comparingByKey());
        long[] ranks = new long[texts.size()];
        for (int rank = 0; rank < ranks.length; rank++) {
          ranks[texts.get(rank).getValue()] = rank;
        }
        for (int i = 0; i < size; i++) {
          keys[i] = ranks[(int) keys[i]];
        }
      }
      return stableOrder(descending);
    }

    private int[] stableOrder(boolean descending) {
      long[] sorted = Arrays.copyOf(keys, size);
      if (descending) {
        for (int i = 0; i < size; i++) {
          keys[i] = ~keys[i];
          sorted[i] = keys[i];
        }
      }
      Arrays.parallelSort(sorted);
      // Equal keys find the same place; from there on they take one place each, in their order.
      int[] firsts = new int[size];
      int[] taken = new int[size];
      for (int i = 1; i < size; i++) {
        firsts[i] = sorted[i] == sorted[i - 1] ? firsts[i - 1] : i;
      }
      int[] order = new int[size];
      for (int i = 0; i < size; i++) {
        int first = firsts[Arrays.binarySearch(sorted, keys[i])];
        order[first + taken[first]] = i;
        taken[first]++;
      }
      return order;
    }
  }
}
