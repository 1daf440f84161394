// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class CorpusScriptTest {
  @Test
  void parse_rawBlock_keepsAllButItsLastLineEnd() {
    CorpusScript script =
        CorpusScript.parse("# comment\n>>>\nGET / HTTP/1.1\r\n\r\n\n<<<\r\nbody\n\r\n");
    assertThat(script.blocks())
        .containsExactly(
            new CorpusScript.Call(true, "GET / HTTP/1.1\r\n\r\n"),
            new CorpusScript.Call(false, "body\n"));
  }

  @Test
  void parse_withoutLastLineEnd_keepsEveryByte() {
    assertThat(CorpusScript.parse("<<<\nbody").blocks())
        .containsExactly(new CorpusScript.Call(false, "body"));
  }

  @Test
  void parse_words_giveCallsGapsAndClose() {
    CorpusScript script =
        CorpusScript.parse(
            ">>> calls 2\nabcde\n<<< gap 40\n>>> gap 1\n<<< base64\n/wAK\n<<< close\n");
    assertThat(script.blocks())
        .containsExactly(
            new CorpusScript.Call(true, "ab"),
            new CorpusScript.Call(true, "cd"),
            new CorpusScript.Call(true, "e"),
            new CorpusScript.Gap(false, 40),
            new CorpusScript.Gap(true, 1),
            new CorpusScript.Call(false, "\u00ff\u0000\n"),
            new CorpusScript.Close());
  }

  @Test
  void parse_unknownWord_namesTheLine() {
    assertThatThrownBy(() -> CorpusScript.parse("# comment\n>>>\na\n<<< colse\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("line=4");
  }

  @Test
  void toEventScript_bytes_areEscaped() {
    CorpusScript script = CorpusScript.parse(">>>\n a\\\r\n\u00e9\n<<< gap 7\n<<< close\n");
    assertThat(script.toEventScript())
        .isEqualTo(">> \\x20a\\x5c\\x0d\\x0a\\xe9\n<< gap 7\nclose\n");
  }
}
