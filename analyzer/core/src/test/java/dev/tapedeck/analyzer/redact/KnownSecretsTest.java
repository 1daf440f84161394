// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Only some bytes are looked at, so every place and every neighbour is tried. */
final class KnownSecretsTest {
  private static List<String> found(KnownSecrets known, String text, int from, int to) {
    Spans spans = new Spans();
    known.find(text.getBytes(StandardCharsets.ISO_8859_1), from, to, spans);
    List<String> found = new ArrayList<>();
    spans.forEach((start, end) -> found.add(start + "-" + end));
    return found;
  }

  @Test
  void find_atEveryPlace_isFoundOnce() {
    for (String value : List.of("12345678", "aaaaaaaa", "0123456789abcdef")) {
      KnownSecrets known = KnownSecrets.of(List.of(value, "ZZZZZZZZZ"));
      for (int at = 0; at < 40; at++) {
        for (int rest = 0; rest < 9; rest++) {
          String text = ".".repeat(at) + value + ".".repeat(rest);
          assertThat(found(known, text, 0, text.length()))
              .as("%s at %d of %d", value, at, text.length())
              .containsExactly(at + "-" + (at + value.length()));
        }
      }
    }
  }

  @Test
  void find_outsideOfTheRangeOrInPart_isNotFound() {
    KnownSecrets known = KnownSecrets.of(List.of("12345678"));
    for (int from = 0; from < 20; from++) {
      for (int to = from; to <= 28; to++) {
        String text = ".".repeat(10) + "12345678" + ".".repeat(10);
        assertThat(found(known, text, from, to)).hasSize(from <= 10 && to >= 18 ? 1 : 0);
      }
    }
  }

  @Test
  void plainEnd_everyByteAtEveryPlace_endsAtQuoteBackslashAndControl() {
    for (int length = 0; length < 20; length++) {
      for (int at = 0; at < length; at++) {
        for (int c = 0; c < 256; c++) {
          byte[] bytes = "x\u0080\u00ffy ~!#[]".repeat(3).getBytes(StandardCharsets.ISO_8859_1);
          bytes[at] = (byte) c;
          boolean ends = c < ' ' || c == '"' || c == '\\';
          assertThat(ByteScan.plainEnd(bytes, 0, length)).isEqualTo(ends ? at : length);
        }
      }
    }
  }
}
