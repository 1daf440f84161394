// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What several shards found comes in the order of events, and that of an event as it was found. */
class FoundMergeTest {
  private static final int SHARDS = 5;
  private static final int MERGES = 50;

  private final FoundMerge merge = new FoundMerge();

  /** An item, of which no two are equal. */
  private record Item(long ordinal, int number) {}

  private List<Object> merged(Found... found) {
    List<Object> items = new ArrayList<>();
    merge.begin(found);
    for (Object item = merge.next(); item != null; item = merge.next()) {
      items.add(item);
    }
    assertThat(merge.next()).isNull();
    return items;
  }

  private static Found found(List<Item> items) {
    return new Found(
        items.toArray(), items.stream().mapToLong(Item::ordinal).toArray(), items.size());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 3, 1000, 1L << 40})
  void next_eventsDealtOutInAnyOrder_comeInTheirOrder(long farApart) {
    for (int seed = 0; seed < MERGES; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<List<Item>> shards = new ArrayList<>();
      for (int i = 0; i < SHARDS; i++) {
        shards.add(new ArrayList<>());
      }
      List<Item> all = new ArrayList<>();
      long ordinal = random.nextLong(1L << 50);
      for (int event = random.nextInt(200); event > 0; event--) {
        ordinal += 1 + random.nextLong(farApart);
        List<Item> own = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          own.add(new Item(ordinal, all.size() + own.size()));
        }
        all.addAll(own);
        // Before or behind what the shard has: whole events, but not in their order.
        List<Item> shard = shards.get(random.nextInt(SHARDS));
        shard.addAll(random.nextBoolean() ? 0 : shard.size(), own);
      }
      Found[] found = shards.stream().map(FoundMergeTest::found).toArray(Found[]::new);
      List<Item> expected = new ArrayList<>(all);
      expected.sort(Comparator.comparingLong(Item::ordinal));
      assertThat(merged(found)).as("seed %d", seed).isEqualTo(expected).isEqualTo(all);
    }
  }

  @Test
  void next_nothing_isNull() {
    assertThat(merged(Found.NOTHING, Found.NOTHING)).isEmpty();
    assertThat(merged()).isEmpty();
  }
}
