// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.Character.UnicodeScript;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DisplayWidthTest {
  @ParameterizedTest
  @CsvSource({
    "plain, 5",
    "é, 1",
    "e\u0301, 1",
    "漢字, 4",
    "かな, 4",
    "ｶﾅ, 2",
    "ＡＢ, 4",
    "한국, 4",
    "\u1112\u1161\u11ab, 2",
    "😀, 2",
    "⚡, 2",
    "❤, 1",
    "❤\ufe0f, 1",
    "🇩🇪, 2",
    "สวัสดี, 4",
    "नमस्ते, 4",
    "שלום, 4",
    "…, 1",
    "▁█, 2",
  })
  void of_text_columnsThatTerminalsGiveIt(String text, int columns) {
    assertThat(DisplayWidth.of(text)).isEqualTo(columns);
  }

  /** The table of wide characters against what the platform knows of scripts. */
  @Test
  void of_letterOfIdeographicScript_two() {
    for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
      if (Character.isIdeographic(point) && Character.getType(point) == Character.OTHER_LETTER) {
        assertThat(DisplayWidth.of(point)).as("%x", point).isEqualTo(2);
      }
      UnicodeScript script = UnicodeScript.of(point);
      if (Character.isLetter(point)
          && (script == UnicodeScript.LATIN || script == UnicodeScript.CYRILLIC)
          && (point < 0xff00 || point > 0xff60)) {
        assertThat(DisplayWidth.of(point)).as("%x", point).isEqualTo(1);
      }
    }
  }

  @Test
  void cut_wideText_neverWiderAndNeverWithinACharacter() {
    String text = "漢字かな交じり文😀😀";
    for (int columns = 3; columns <= DisplayWidth.of(text); columns++) {
      String cut = DisplayWidth.cut(text, columns);
      assertThat(DisplayWidth.of(cut)).isBetween(columns - 1, columns);
      assertThat(cut.codePoints().filter(p -> p >= 0xd800 && p < 0xe000).count()).isZero();
    }
    assertThat(DisplayWidth.cut(text, 0)).isEqualTo(text);
    assertThat(DisplayWidth.cut("e\u0301e\u0301e\u0301e\u0301", 4)).hasSize(8);
  }

  @Test
  void pad_wideText_filledToColumns() {
    assertThat(DisplayWidth.padRight("漢", 4)).isEqualTo("漢  ");
    assertThat(DisplayWidth.padLeft("e\u0301", 3)).isEqualTo("  e\u0301");
    assertThat(DisplayWidth.padLeft("long", 2)).isEqualTo("long");
  }
}
