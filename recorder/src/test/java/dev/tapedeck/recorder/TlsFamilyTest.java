// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TlsFamilyTest {
  @ParameterizedTest
  @CsvSource({
    "libssl.so.3, true",
    "libssl.so.1.1, true",
    "libssl.so.1.0.2k, true",
    "libssl.so, true",
    "libssl-1.1.so, true",
    "libssl3.so, false",
    "libssl.a, false",
    "mylibssl.so.3, false",
    "libssl.so.3.hmac.txt~, false"
  })
  void matches_fileNames_onlyOpenssl(String name, boolean matches) {
    assertThat(TlsFamily.OPENSSL.matches(name)).isEqualTo(matches);
  }
}
