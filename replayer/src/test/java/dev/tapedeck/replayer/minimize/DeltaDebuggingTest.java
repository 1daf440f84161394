// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.minimize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DeltaDebuggingTest {
  private static final List<Integer> ITEMS = IntStream.range(0, 40).boxed().toList();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 5, 8, 40})
  void minimal_anyItemsTogether_areFoundExactly(int needed) throws Exception {
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      Set<Integer> cause = new TreeSet<>();
      while (cause.size() < needed) {
        cause.add(random.nextInt(ITEMS.size()));
      }

      List<Integer> minimal =
          new DeltaDebugging<Integer>(items -> items.containsAll(cause)).minimal(ITEMS);

      assertThat(minimal).as("seed=%d", seed).containsExactlyElementsOf(cause);
    }
  }

  @Test
  void minimal_eitherOfTwo_isOneOfThem() throws Exception {
    List<Integer> minimal =
        new DeltaDebugging<Integer>(items -> items.contains(7) || items.contains(31))
            .minimal(ITEMS);

    assertThat(minimal).singleElement().isIn(7, 31);
  }

  @Test
  void minimal_oneOfMany_takesFewTrials() throws Exception {
    AtomicInteger trials = new AtomicInteger();
    List<Integer> items = IntStream.range(0, 1000).boxed().toList();

    new DeltaDebugging<Integer>(
            some -> {
              trials.incrementAndGet();
              return some.contains(421);
            })
        .minimal(items);

    assertThat(trials).hasValueLessThan(30);
  }

  @Test
  void minimal_sameItemsAgain_areNotTriedAgain() throws Exception {
    List<List<Integer>> vain = new ArrayList<>();
    new DeltaDebugging<Integer>(
            some -> {
              boolean shows = some.containsAll(List.of(3, 20, 39));
              if (!shows) {
                vain.add(some);
              }
              return shows;
            })
        .minimal(ITEMS);

    assertThat(vain).doesNotHaveDuplicates();
  }
}
