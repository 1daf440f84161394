// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpoolTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 100, 5000, 1 << 20})
  void moveTo_textsThatGrewSideBySide_givesEachWhole(int maxBufferedBytes) throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    List<StringBuilder> expected = new ArrayList<>();
    List<Spool.Text> texts = new ArrayList<>();
    try (Spool spool = new Spool(maxBufferedBytes)) {
      for (int i = 0; i < 20; i++) {
        expected.add(new StringBuilder());
        texts.add(spool.begin());
      }
      for (int i = 0; i < 2000; i++) {
        int at = random.nextInt(texts.size());
        String piece = Integer.toString(random.nextInt(), 36);
        expected.get(at).append(piece);
        texts.get(at).write(piece.getBytes(StandardCharsets.US_ASCII));
        if (i % 500 == 499) {
          texts.get(at).discard();
          expected.get(at).setLength(0);
        }
      }
      for (int i = 0; i < texts.size(); i++) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        texts.get(i).moveTo(out);
        assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo(expected.get(i).toString());
        assertThat(texts.get(i).isEmpty()).isTrue();
      }
    }
  }
}
