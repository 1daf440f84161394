// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.format.Bytes;
import org.junit.jupiter.api.Test;

class AnswerReaderTest {
  private final AnswerReader reader = new AnswerReader(AnalyzerOptions.DEFAULT_MAX_HEAD_BYTES);

  private void feed(String text) {
    reader.feed(Bytes.latin1(text), 0);
  }

  @Test
  void feed_interimAnswersWithoutEnd_areGivenUp() {
    reader.expect("GET");
    String interim = "HTTP/1.1 102 Processing\r\n\r\n";
    feed(interim.repeat(AnswerReader.MAX_INTERIM));
    assertThat(reader.isLost()).isFalse();
    feed(interim);
    assertThat(reader.isLost()).isTrue();
  }

  @Test
  void feed_interimAnswersOfSeveralRequests_countForEach() {
    for (int i = 0; i < 3; i++) {
      reader.expect("GET");
      feed("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(AnswerReader.MAX_INTERIM));
      feed("HTTP/1.1 204 No Content\r\n\r\n");
    }
    assertThat(reader.isLost()).isFalse();
  }
}
