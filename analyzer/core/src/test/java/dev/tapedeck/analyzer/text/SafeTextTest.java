// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SafeTextTest {
  @Test
  void escape_everyControlAndFormatCharacter_harmless() {
    for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
      String escaped = SafeText.escape(Character.toString(point));
      assertThat(escaped.codePoints())
          .as("code point %x", point)
          .noneMatch(
              c ->
                  Character.isISOControl(c)
                      || Character.getType(c) == Character.FORMAT
                      || Character.getType(c) == Character.SURROGATE);
    }
  }

  @Test
  void escape_sequences_readable() {
    assertThat(SafeText.escape("a\u001b[0m\r\n\t\u009b\u202eb\u00e9"))
        .isEqualTo("a\\x1b[0m\\r\\n\\t\\x9b\\u{202e}b\u00e9");
    assertThat(SafeText.escapeLines("a\r\n\tb")).isEqualTo("a\\r\n\tb");
  }
}
