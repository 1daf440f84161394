// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.rules;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RulesDocumentTest {
  private static void parse(String yaml) throws RulesException {
    RulesDocument.parse("r.yaml", yaml, Set.of("version", "ignore"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{a: ", "- "})
  void parse_nestedDeeply_isRefusedWithItsLine(String open) {
    String deep = "version: 1\nignore:\n  " + open.repeat(50_000);
    assertThatThrownBy(() -> parse(deep))
        .isInstanceOf(RulesException.class)
        .hasMessage("r.yaml:3: nested more than 32 deep");
  }

  @Test
  void parse_aliasesThatMultiply_areRefused() {
    StringBuilder bomb = new StringBuilder("version: 1\nignore:\n  - &a0 [x, x, x, x]\n");
    for (int i = 1; i < 60; i++) {
      String before = "*a" + (i - 1);
      bomb.append("  - &a").append(i).append(" [").append(before).append(", ").append(before);
      bomb.append("]\n");
    }
    assertThatThrownBy(() -> parse(bomb.toString())).isInstanceOf(RulesException.class);
  }
}
