// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TargetTest {
  @ParameterizedTest
  @CsvSource({
    "http://Example.org,example.org",
    "https://example.org:443/,example.org",
    "https://example.org:80,example.org:80",
    "http://127.0.0.1:8080,127.0.0.1:8080",
    "https://[2001:db8::1]:8443,[2001:db8::1]:8443",
    "HTTP://[::1],[::1]"
  })
  void authority_ofUrl_isWhatClientsSendInHost(String url, String authority) {
    assertThat(Target.parse(url).authority()).isEqualTo(authority);
  }

  @Test
  void parse_withoutPort_takesTheDefaultOfTheScheme() {
    assertThat(Target.parse("http://a.example").port()).isEqualTo(80);
    assertThat(Target.parse("https://a.example")).isEqualTo(new Target(true, "a.example", 443));
  }

  @Test
  void parse_userInformation_isRefusedWithoutRepeatingIt() {
    assertThatThrownBy(() -> Target.parse("http://me:secret@a.example"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("user information")
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.example",
        "127.0.0.1:80",
        "ftp://a.example",
        "http://a.example/path",
        "http://a.example?q",
        "http://",
        "http://a b"
      })
  void parse_noOrigin_isRefusedByName(String url) {
    assertThatThrownBy(() -> Target.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + url + "'");
  }
}
