// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class InetTextTest {
  // RFC 5952, 4: no leading zeros, the longest run shortened, the first of equal ones, not a
  // single.
  @ParameterizedTest
  @CsvSource({
    "00000000000000000000000000000000, ::",
    "00000000000000000000000000000001, ::1",
    "20010db8000000000000000000000001, 2001:db8::1",
    "20010db8000000010001000100010001, 2001:db8:0:1:1:1:1:1",
    "20010db8000000000001000000000001, 2001:db8::1:0:0:1",
    "fe800000000000000000000000000000, fe80::",
    "20010db8aaaabbbbccccddddeeee0abc, 2001:db8:aaaa:bbbb:cccc:dddd:eeee:abc",
    "00000000000000000000ffffc0000201, 192.0.2.1"
  })
  void ipv6_bytes_areCanonicalText(String bytes, String text) {
    assertThat(InetText.ipv6(HexFormat.of().parseHex(bytes))).isEqualTo(text);
  }
}
