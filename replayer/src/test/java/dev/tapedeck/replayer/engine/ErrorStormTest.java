// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ErrorStormTest {
  @Test
  void settled_count_isReachedByErrorsAlone() {
    ErrorStorm storm = new ErrorStorm(new ErrorLimit(3, 0));
    assertThat(storm.settled(true)).isFalse();
    for (int i = 0; i < 5000; i++) {
      assertThat(storm.settled(false)).isFalse();
    }
    assertThat(storm.settled(true)).isFalse();
    assertThat(storm.settled(true)).isTrue();
    assertThat(storm.errors()).isEqualTo(3);
  }

  @Test
  void settled_share_isThatOfTheLastRequests() {
    ErrorStorm storm = new ErrorStorm(new ErrorLimit(0, 0.1));
    for (int i = 0; i < 100_000; i++) {
      assertThat(storm.settled(i % 20 == 0)).as("request %d", i).isFalse();
    }
    // Five of a hundred were errors: a storm that begins now is seen soon.
    int more = 0;
    while (!storm.settled(true)) {
      more++;
    }
    assertThat(more).isBetween(40, 60);
  }

  @Test
  void settled_share_needsSomeRequests() {
    ErrorStorm storm = new ErrorStorm(new ErrorLimit(0, 0.5));
    for (int i = 1; i < ErrorLimit.MIN_REQUESTS; i++) {
      assertThat(storm.settled(true)).isFalse();
    }
    assertThat(storm.settled(true)).isTrue();
  }

  @Test
  void settled_noLimit_isNeverReached() {
    ErrorStorm storm = new ErrorStorm(new ErrorLimit(0, 0));
    for (int i = 0; i < 5000; i++) {
      assertThat(storm.settled(true)).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "100", "5%", "0.1%", "1000,5%", "100%"})
  void parse_limit_isWrittenAsItIsRead(String text) {
    assertThat(ErrorLimit.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "many", "101%", "0%", "5%,100", "1,2"})
  void parse_otherText_isRefused(String text) {
    assertThatThrownBy(() -> ErrorLimit.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text);
  }
}
