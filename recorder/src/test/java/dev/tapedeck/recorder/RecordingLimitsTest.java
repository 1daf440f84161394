// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RecordingLimitsTest {
  @ParameterizedTest
  @CsvSource({"1, 0", "2, 2147483647", "3, 1431655764", "1000000, 4293"})
  void sampleLimit_oneIn_isThatShareOfAllHashes(int oneIn, long limit) {
    assertThat(Integer.toUnsignedLong(new RecordingLimits(0, 0, oneIn, 0).sampleLimit()))
        .isEqualTo(limit);
  }

  @Test
  void attributes_limitsInForce_areNamed() {
    assertThat(RecordingLimits.NONE.attributes()).isEmpty();
    assertThat(new RecordingLimits(10, 20, 30, 0.5).attributes())
        .containsEntry("max_bytes_per_call", "10")
        .containsEntry("max_bytes_per_connection", "20")
        .containsEntry("sample", "1/30")
        .containsEntry("cpu_limit_percent", "0.5");
  }

  @Test
  void anyCpu_isNoLimitAndIsNamed() {
    RecordingLimits limits = new RecordingLimits(0, 0, 1, RecordingLimits.ANY_CPU);

    assertThat(limits.takesAnyCpu()).isTrue();
    assertThat(limits.boundsCpu()).isFalse();
    assertThat(limits.attributes()).containsExactly(Map.entry("cpu_limit_percent", "none"));
    assertThat(RecordingLimits.NONE.takesAnyCpu()).isFalse();
    assertThat(new RecordingLimits(0, 0, 1, 5).boundsCpu()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"-1, 0, 1, 0", "0, -1, 1, 0", "0, 0, 0, 0", "0, 0, 1000001, 0", "0, 0, 1, -1"})
  void new_impossibleLimit_isRefused(long call, long connection, int oneIn, double cpu) {
    assertThatThrownBy(() -> new RecordingLimits(call, connection, oneIn, cpu))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
