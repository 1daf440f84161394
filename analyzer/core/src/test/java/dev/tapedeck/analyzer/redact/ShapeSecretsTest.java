// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Matcher;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShapeSecretsTest {
  private static final List<String> PIECES =
      List.of(
          "eyJ",
          "eyJhbGciOi",
          ".eyJzdWIiOi",
          ".",
          "c2ln-_x",
          " ",
          "\n",
          "-",
          "_",
          "x",
          "=",
          "\"",
          "Bearer ",
          "bearer  ",
          "BASIC ",
          "basic\t",
          "abcdefghijklmnop",
          "QWxhZGRpbjpv",
          "==",
          "a~b",
          "AKIA",
          "ASIAABCDEFGHIJKLMNOP",
          "ABCDEFGHIJKLMNOP",
          "0",
          "9",
          "-----BEGIN ",
          "RSA ",
          "PRIVATE KEY-----",
          "-----BEGIN PRIVATE KEY-----",
          "\\n",
          "MIIB+/=",
          "ghp_",
          "gho_abcdefghijklmnopqrstuvwxyz0123",
          "xoxb-",
          "xoxz-",
          "1234567890",
          "glpat-",
          "sk_live_",
          "abcdefghijklmnopqrst",
          "4111",
          "4111 1111 1111 1111",
          "3782-822463-10005",
          "5555555555554444",
          "12 34 56 78 90 12 34",
          "\u00e9",
          "{",
          "}");

  /** Returns which bytes the patterns find, each pattern on its own. */
  private static BitSet expected(String text) {
    Spans spans = new Spans();
    for (SecretShape shape : SecretShape.values()) {
      for (Matcher matcher = shape.pattern().matcher(text); matcher.find(); ) {
        spans.add(matcher.start(1), matcher.end(1));
      }
    }
    CardNumbers.find(text, 0, spans);
    return covered(spans);
  }

  private static BitSet covered(Spans spans) {
    BitSet covered = new BitSet();
    spans.forEach(covered::set);
    return covered;
  }

  @Test
  void find_anyText_findsWhatThePatternsDescribe() {
    Random random = new Random(7);
    int found = 0;
    int more = 0;
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i >= 0; i--) {
        text.append(PIECES.get(random.nextInt(PIECES.size())));
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
      Spans spans = new Spans();
      new ShapeSecrets(bytes, 0, bytes.length, 0, spans).find();
      BitSet expected = expected(text.toString());
      BitSet actual = covered(spans);
      BitSet missed = (BitSet) expected.clone();
      missed.andNot(actual);
      assertThat(missed.isEmpty()).as("round %d: %s", round, text).isTrue();
      assertThat(actual.isEmpty()).as("round %d: %s", round, text).isEqualTo(expected.isEmpty());
      found += expected.isEmpty() ? 0 : 1;
      // Of two that overlap, a pattern finds the first one only.
      more += actual.equals(expected) ? 0 : 1;
    }
    assertThat(found).isGreaterThan(5000);
    assertThat(more).isLessThan(100);
  }
}
