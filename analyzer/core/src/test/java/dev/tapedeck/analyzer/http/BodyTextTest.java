// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    // An escape sequence that changes nothing is dropped by the decoder.
    assertThat(
            BodyText.decode(Bytes.latin1("\u001b(Ba\u001b(B"), "text/plain; charset=iso-2022-jp"))
        .isNull();
  }

  @Test
  void decode_byteOrderMark_countsMoreThanTheLabel() {
    assertThat(BodyText.decode(Bytes.latin1("\u00ff\u00fea\u0000"), "text/plain; charset=utf-16"))
        .isEqualTo("\ufeffa");
    assertThat(BodyText.decode(Bytes.latin1("\u00fe\u00ff\u0000a"), "text/plain"))
        .isEqualTo("\ufeffa");
    assertThat(BodyText.decode(Bytes.utf8("\ufeff\u00e9"), "text/plain; charset=latin1"))
        .isEqualTo("\ufeff\u00e9");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text/html | <html><META charset=\"windows-1251\"><p>\u00ef",
        "text/html | <meta http-equiv='Content-Type' content='text/html; charset=cp1251'>\u00ef",
        "application/xml | <?xml version='1.0' encoding='windows-1251'?><a>\u00ef</a>",
        "text/xml; charset=Windows-1251 | <a>\u00ef</a>",
      })
  void decode_documentThatNamesItsCharset_used(String contentType, String content) {
    assertThat(BodyText.decode(Bytes.latin1(content), contentType)).contains("\u043f");
  }

  @Test
  void decode_wordsOfOtherText_areNoCharset() {
    assertThat(BodyText.decode(Bytes.utf8("<meta charset=utf-16>\u00e9"), "text/plain"))
        .isNotNull();
    assertThat(BodyText.decode(Bytes.utf8("<meta charset=utf-16>\u00e9"), "text/html")).isNotNull();
  }
}
