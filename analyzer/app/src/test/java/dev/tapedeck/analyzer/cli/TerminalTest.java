// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalTest {
  @ParameterizedTest
  @CsvSource({"120, 120", "' 132\n', 132", "0, 80", "-1, 80", "10, 40", "'', 80", "wide, 80"})
  void parseColumns_anyText_saneWidth(String text, int columns) {
    assertThat(Terminal.parseColumns(text)).isEqualTo(columns);
  }
}
