// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Bytes;
import org.junit.jupiter.api.Test;

class Http2WriterTest {
  @Test
  void opening_client_isPrefaceAndSettings() {
    assertThat(Http2Writer.opening(true).toLatin1())
        .isEqualTo("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
    assertThat(Http2Writer.opening(false)).hasToString("000000040000000000");
  }

  @Test
  void section_short_isAFrameOfLiterals() {
    FieldSection fields = new FieldSection();
    fields.add("a", "bc");
    assertThat(Http2Writer.section(fields, 3, true)).hasToString("000006010500000003000161026263");
    assertThat(Http2Writer.section(fields, 3, false)).hasToString("000006010400000003000161026263");
  }

  @Test
  void section_long_continues() {
    FieldSection fields = new FieldSection();
    fields.add("a", "x".repeat(20_000));
    Bytes frames = Http2Writer.section(fields, 1, true);
    // RFC 7541, section 5.1: 20 000 is 127, and 19 873 in groups of 7 bits.
    assertThat(frames.slice(0, 15)).hasToString("0040000101000000010001617fa19b");
    int second = 9 + Http2Writer.MAX_FRAME_BYTES;
    assertThat(frames.slice(second, second + 9)).hasToString("000e27090400000001");
    assertThat(frames.length()).isEqualTo(2 * 9 + 20_000 + 7);
  }

  @Test
  void data_long_endsWithItsLastFrame() {
    Bytes frames = Http2Writer.data(Bytes.latin1("x".repeat(16_385)), 5, true);
    assertThat(frames.slice(0, 9)).hasToString("004000000000000005");
    assertThat(frames.slice(9 + 16_384, 9 + 16_384 + 9)).hasToString("000001000100000005");
    assertThat(Http2Writer.data(Bytes.empty(), 5, true)).isEqualTo(Bytes.empty());
    assertThat(Http2Writer.dataHeader(7, 5, true)).hasToString("000007000100000005");
  }
}
