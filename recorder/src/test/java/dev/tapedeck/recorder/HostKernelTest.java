// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HostKernelTest {
  @ParameterizedTest
  @CsvSource({
    "5.17.0-rc1, true",
    "5.16.20, false",
    "6.1.0-28-amd64, true",
    "10.0, true",
    "4.19.0, false",
    "unknown, false"
  })
  void isAtLeast_5_17_comparesNumbers(String release, boolean expected) {
    assertThat(new HostKernel(release, "x86_64").isAtLeast(5, 17)).isEqualTo(expected);
  }
}
