// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProgramCopiesTest {
  private static final Set<String> ALL =
      Set.of("handle_sys_exit", "handle_sys_exit_copy1", "handle_sys_exit_copy2", "handle_exit");

  @ParameterizedTest
  @CsvSource({
    "handle_sys_exit, true, false",
    "handle_sys_exit_copy1, false, true",
    "handle_sys_exit_copy2, false, true",
    "handle_exit, true, true"
  })
  void isChosen_programOrItsCopies_neverBoth(String name, boolean alone, boolean copied) {
    assertThat(ProgramCopies.isChosen(name, false, ALL)).isEqualTo(alone);
    assertThat(ProgramCopies.isChosen(name, true, ALL)).isEqualTo(copied);
  }

  @Test
  void missedCalls_someCopiesSkipped_areThoseThatAllMayHaveMissed() {
    assertThat(
            ProgramCopies.missedCalls(
                Map.of(
                    "handle_sys_exit_copy1", 69L,
                    "handle_sys_exit_copy2", 21L,
                    "handle_sys_exit_copy3", 2L,
                    "handle_exit", 5L)))
        .isEqualTo(7);
    assertThat(ProgramCopies.missedCalls(Map.of())).isZero();
  }

  @ParameterizedTest
  @CsvSource({"6.18.15+deb13, false", "7.0.0-rc1, true", "7.3.4, true", "unknown, false"})
  void areNeeded_kernel_isOneThatPreemptsAnywhere(String release, boolean needed) {
    assertThat(ProgramCopies.areNeeded(new HostKernel(release, "x86_64"))).isEqualTo(needed);
  }
}
