// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Bytes;
import org.junit.jupiter.api.Test;

class BodyTextTest {
  @Test
  void decode_utf8_text() {
    assertThat(BodyText.decode(Bytes.utf8("h\u00e9\n\t\r"), "text/plain"))
        .isEqualTo("h\u00e9\n\t\r");
    assertThat(BodyText.decode(Bytes.utf8("x"), null)).isEqualTo("x");
    assertThat(BodyText.decode(Bytes.empty(), null)).isEmpty();
  }

  @Test
  void decode_namedCharset_used() {
    assertThat(BodyText.decode(Bytes.latin1("h\u00e9"), "text/plain; Charset=\"ISO-8859-1\"; x=y"))
        .isEqualTo("h\u00e9");
  }

  @Test
  void decode_notTextOfItsCharset_null() {
    assertThat(BodyText.decode(Bytes.latin1("h\u00e9"), "text/plain")).isNull();
    assertThat(BodyText.decode(Bytes.latin1("a\u0000b"), "text/plain")).isNull();
    assertThat(BodyText.decode(Bytes.latin1("\u001b[31m"), "text/plain")).isNull();
    assertThat(BodyText.decode(Bytes.utf8("x"), "text/plain; charset=no-such")).isNull();
    assertThat(BodyText.decode(Bytes.utf8("x"), "text/plain; charset=!!")).isNull();
  }

  @Test
  void decode_encodesToOtherBytes_null() {
    // A byte order mark is dropped by UTF-16's decoder, so the text would not give it back.
    assertThat(BodyText.decode(Bytes.latin1("\u00ff\u00fea\u0000"), "text/plain; charset=utf-16"))
        .isNull();
  }
}
