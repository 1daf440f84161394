// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Bytes;
import org.junit.jupiter.api.Test;

class TerminalTextTest {
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
