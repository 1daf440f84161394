// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EffortChoiceTest {
  private static final int SMALL = 1_000;
  private static final int LARGE = 1 << 20;

  private double backlog;

  private EffortChoice choice(Codec codec, int level) {
    EffortChoice choice =
        new EffortChoice(WriterOptions.newBuilder().codec(codec).zstdLevel(level).build());
    choice.follow(() -> backlog);
    return choice;
  }

  private Effort next(EffortChoice choice, double share, int rawBytes) {
    backlog = share;
    return choice.next(rawBytes);
  }

  @Test
  void next_backlogGrowsAndShrinks_storesUntilItIsLow() {
    EffortChoice choice = choice(Codec.ADAPTIVE, 1);
    assertThat(next(choice, 0.0, LARGE)).isEqualTo(Effort.NORMAL);
    assertThat(next(choice, 0.49, LARGE)).isEqualTo(Effort.NORMAL);
    assertThat(next(choice, 0.5, LARGE)).isEqualTo(Effort.NONE);
    assertThat(next(choice, 0.49, LARGE)).isEqualTo(Effort.NONE);
    assertThat(next(choice, 0.2, SMALL)).isEqualTo(Effort.NONE);
    assertThat(next(choice, 0.125, LARGE)).isEqualTo(Effort.NORMAL);
    assertThat(next(choice, 0.49, LARGE)).isEqualTo(Effort.NORMAL);
  }

  @Test
  void next_pressureOnWhatCompressesWell_goesOnCompressing() {
    EffortChoice choice = choice(Codec.ADAPTIVE, 1);
    choice.written(next(choice, 0.0, LARGE), LARGE, LARGE / 5);
    for (int i = 0; i < 20; i++) {
      Effort effort = next(choice, 0.9, LARGE);
      assertThat(effort).isEqualTo(Effort.NORMAL);
      choice.written(effort, LARGE, LARGE / 5);
    }
    choice.written(Effort.NORMAL, LARGE, LARGE / 3);
    assertThat(next(choice, 0.9, LARGE)).isEqualTo(Effort.NONE);
  }

  @Test
  void next_pressureOnWhatIsStored_triesEveryEighthBlock() {
    EffortChoice choice = choice(Codec.ADAPTIVE, 1);
    int compressed = 0;
    for (int i = 0; i < 40; i++) {
      Effort effort = next(choice, 0.9, LARGE);
      compressed += effort == Effort.NORMAL ? 1 : 0;
      choice.written(effort, LARGE, effort == Effort.NORMAL ? LARGE / 2 : LARGE);
    }
    assertThat(compressed).isEqualTo(5);
  }

  @Test
  void next_smallBlocksInARow_areCompressedHarder() {
    EffortChoice choice = choice(Codec.ADAPTIVE, 1);
    for (int i = 0; i < 3; i++) {
      assertThat(next(choice, 0.0, SMALL)).isEqualTo(Effort.NORMAL);
    }
    assertThat(next(choice, 0.0, SMALL)).isEqualTo(Effort.THOROUGH);
    assertThat(next(choice, 0.1, SMALL)).isEqualTo(Effort.THOROUGH);
    assertThat(next(choice, 0.1, LARGE)).isEqualTo(Effort.NORMAL);
    assertThat(next(choice, 0.0, SMALL)).isEqualTo(Effort.NORMAL);
  }

  @Test
  void next_backlogWhileIdle_startsTheCountAnew() {
    EffortChoice choice = choice(Codec.ADAPTIVE, 1);
    for (int i = 0; i < 4; i++) {
      next(choice, 0.0, SMALL);
    }
    assertThat(next(choice, 0.3, SMALL)).isEqualTo(Effort.NORMAL);
    assertThat(next(choice, 1.0, SMALL)).isEqualTo(Effort.NONE);
    assertThat(next(choice, 0.0, SMALL)).isEqualTo(Effort.NORMAL);
  }

  @Test
  void next_fixedCodec_isNeverChanged() {
    EffortChoice zstd = choice(Codec.ZSTD, 1);
    EffortChoice store = choice(Codec.STORE, 1);
    for (int i = 0; i < 10; i++) {
      assertThat(next(zstd, i / 10.0, SMALL)).isEqualTo(Effort.NORMAL);
      assertThat(next(store, i / 10.0, SMALL)).isEqualTo(Effort.NONE);
    }
  }

  @Test
  void level_thorough_isNeverLowerThanNormal() {
    assertThat(choice(Codec.ADAPTIVE, 1).level(Effort.NORMAL)).isEqualTo(1);
    assertThat(choice(Codec.ADAPTIVE, 1).level(Effort.THOROUGH)).isEqualTo(3);
    assertThat(choice(Codec.ADAPTIVE, 9).level(Effort.THOROUGH)).isEqualTo(9);
  }
}
