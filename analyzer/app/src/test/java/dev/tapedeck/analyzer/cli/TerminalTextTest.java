// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Bytes;
import org.junit.jupiter.api.Test;

class TerminalTextTest {
  @Test
  void escape_everyControlAndFormatCharacter_harmless() {
    for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
      String escaped = TerminalText.escape(Character.toString(point));
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
    assertThat(TerminalText.escape("a\u001b[0m\r\n\t\u009b\u202eb\u00e9"))
        .isEqualTo("a\\x1b[0m\\r\\n\\t\\x9b\\u{202e}b\u00e9");
    assertThat(TerminalText.escapeLines("a\r\n\tb")).isEqualTo("a\\r\n\tb");
  }

  @Test
  void ofLatin1_utf8Bytes_shownAsTheirText() {
    assertThat(TerminalText.ofLatin1("h\u00c3\u00a9")).isEqualTo("h\u00e9");
    assertThat(TerminalText.ofLatin1("h\u00e9")).isEqualTo("h\\xe9");
  }

  @Test
  void cEscapes_bytes_exact() {
    assertThat(TerminalText.cEscapes(Bytes.latin1("a\"\\\r\n\t\u0000\u00ffz"), 99))
        .isEqualTo("a\\\"\\\\\\r\\n\\t\\x00\\xffz");
    assertThat(TerminalText.cEscapes(Bytes.latin1("abc"), 2)).isEqualTo("ab");
  }
}
