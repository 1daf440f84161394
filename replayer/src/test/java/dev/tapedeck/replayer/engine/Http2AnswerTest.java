// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.http.AnswerReader;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import org.junit.jupiter.api.Test;

class Http2AnswerTest {
  @Test
  void headers_interimAnswersWithoutEnd_areNoAnswer() {
    Http2Headers hints = new DefaultHttp2Headers().status("103");
    Http2Answer answer = new Http2Answer();
    for (int i = 0; i < AnswerReader.MAX_INTERIM; i++) {
      assertThat(answer.headers(hints)).isTrue();
    }
    assertThat(answer.headers(hints)).isFalse();
  }
}
