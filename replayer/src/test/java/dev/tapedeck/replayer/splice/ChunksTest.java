// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.splice;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ChunksTest {
  private static final String FRAMED =
      "3;a=b\r\nabc\r\n00A\r\ndefghijklm\r\n2\r\nno\r\n0\r\nTrailer: x\r\n\r\n";
  private static final String BODY = "abcdefghijklmno";

  @ParameterizedTest
  @CsvSource({
    "abcdeXYhijklmno, 3;a=b|abc|00A|deXYhijklm|2|no|0|Trailer: x||",
    "abcdeXhijklmno, 3;a=b|abc|009|deXhijklm|2|no|0|Trailer: x||",
    "abXjklmno, 3;a=b|abX|004|jklm|2|no|0|Trailer: x||",
    "abXo, 3;a=b|abX|1|o|0|Trailer: x||",
    "abcdefghijklmno12, 3;a=b|abc|00A|defghijklm|2|no|2|12|0|Trailer: x||",
    "Zabcdefghijklmno, 4;a=b|Zabc|00A|defghijklm|2|no|0|Trailer: x||",
    "'', 0|Trailer: x||"
  })
  void replace_content_movesOnlyTheChunksAroundIt(String now, String framed) {
    assertThat(Chunks.replace(FRAMED, BODY, now)).isEqualTo(framed.replace("|", "\r\n"));
  }
}
