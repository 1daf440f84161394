// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PaceTest {
  @Test
  void parse_eachForm_namesIt() {
    assertThat(Pace.parse("original")).isEqualTo(new Pace.Times(1));
    assertThat(Pace.parse("x2.5")).isEqualTo(new Pace.Times(2.5));
    assertThat(Pace.parse("500/s")).isEqualTo(new Pace.Rate(500));
    assertThat(Pace.parse("max")).isEqualTo(new Pace.Max());
  }

  @ParameterizedTest
  @CsvSource({"original,original", "x1,original", "x3,x3", "x0.5,x0.5", "500/s,500/s", "max,max"})
  void toString_ofParsed_isReadable(String text, String shown) {
    assertThat(Pace.parse(text)).hasToString(shown);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "x0", "x-1", "xNaN", "xInfinity", "0/s", "/s", "fast", "10"})
  void parse_anythingElse_isRefused(String text) {
    assertThatThrownBy(() -> Pace.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pace '" + text + "'");
  }
}
