// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.recorder.RecordingLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class LimitArgumentsTest {
  private static RecordingLimits limits(String... arguments) {
    return CommandLine.populateCommand(new LimitArguments(), arguments).limits();
  }

  @Test
  void limits_nothingGiven_areNone() {
    assertThat(limits()).isEqualTo(RecordingLimits.NONE);
  }

  @ParameterizedTest
  @CsvSource({"5, 5", "0.5, 0.5", "150%, 150"})
  void limits_cpuLimit_isInPercentOfACpu(String argument, double percent) {
    assertThat(limits("--cpu-limit", argument).cpuPercent()).isEqualTo(percent);
  }

  @Test
  void limits_cpuLimitNone_takesAnyCpu() {
    assertThat(limits("--cpu-limit", "none").cpuPercent()).isEqualTo(RecordingLimits.ANY_CPU);
  }
}
