// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1.0 KiB",
    "1048575, 1.0 MiB",
    "3000000, 2.9 MiB",
    "1099511627776, 1.0 TiB"
  })
  void bytes_anySize_fourDigits(long count, String text) {
    assertThat(Human.bytes(count)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 us",
    "999499, 999 us",
    "999500, 1.0 ms",
    "999949000, 999.9 ms",
    "1500000000, 1.5 s",
    "86400000000000, 86400.0 s"
  })
  void duration_anyLength_unitThatFits(long nanos, String text) {
    assertThat(Human.duration(nanos)).isEqualTo(text);
  }

  @Test
  void clock_epochNanos_utc() {
    assertThat(Human.clock(1_000_000_000_123_456_789L)).isEqualTo("01:46:40.123");
    assertThat(Human.dateAndClock(1_000_000_000_123_456_789L))
        .isEqualTo("2001-09-09 01:46:40.123456 UTC");
    assertThat(Human.dateAndClock(null)).isEqualTo("not known");
  }
}
