// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.re2j.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedRegexTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "^/orders/[0-9]{1,9}$",
        "[]((((()]{2,}",
        "[^](]{5}",
        "[[:alpha:](]",
        "\\Q((((\\E\\(",
        "a{x",
        "{",
        "(a{100}){100}",
        "(?i)x{1000}|y{0,1000}",
        ""
      })
  void compile_ofWhatIsWithinBounds_givesAPattern(String regex) {
    assertThat(BoundedRegex.compile(regex).pattern()).isEqualTo(regex);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "((a{1000}){1000}){1000}",
        "(?:(?:ab{0,1000}c){1000,})",
        "[a-z]{99999999999999999999999}{1000}",
        "(((((((a{99}){99}){99}){99}){99}){99}){99})"
      })
  void compile_ofNestedRepetitions_isRefused(String regex) {
    assertThatExceptionOfType(PatternSyntaxException.class)
        .isThrownBy(() -> BoundedRegex.compile(regex))
        .withMessageContaining("repeats too much");
  }

  @Test
  void compile_ofThousandsOfParentheses_isRefused() {
    String regex = "(a|".repeat(4000) + "b" + ")".repeat(4000);
    assertThatExceptionOfType(PatternSyntaxException.class)
        .isThrownBy(() -> BoundedRegex.compile(regex))
        .withMessageContaining("nested too deeply");
  }

  @Test
  void compile_ofManyParenthesesBesideEachOther_givesAPattern() {
    assertThat(BoundedRegex.compile("(a)".repeat(5000)).matches("a".repeat(5000))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "a)", "[", "[^", "\\", "a{2", "\\Q("})
  void compile_ofWhatEndsInTheMiddle_givesWhatRe2SaysOfIt(String regex) {
    String said = "";
    try {
      com.google.re2j.Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      said = e.getDescription();
    }
    String saidHere = "";
    try {
      BoundedRegex.compile(regex);
    } catch (PatternSyntaxException e) {
      saidHere = e.getDescription();
    }
    assertThat(saidHere).isEqualTo(said);
  }
}
