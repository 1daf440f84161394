// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DefaultRedactionTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization",
        "PROXY-AUTHORIZATION",
        "cookie",
        "Set-Cookie",
        "X-Api-Key",
        "apikey",
        "Ocp-Apim-Subscription-ApiKey",
        "X-Auth-Token",
        "X-Amz-Security-Token",
        "X-Goog-Api-Key",
        "X-CSRF-Token",
        "X-Session-Id",
        "Client-Secret"
      })
  void headerValue_secretName_masked(String name) {
    assertThat(DefaultRedaction.headerValue(name, "hunter2")).isEqualTo("[redacted]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host",
        "Content-Type",
        "ETag",
        "Sec-WebSocket-Key",
        "WWW-Authenticate",
        "X-Request-Id",
        "Author",
        "X-Design"
      })
  void headerValue_ordinaryName_kept(String name) {
    assertThat(DefaultRedaction.headerValue(name, "hunter2")).isEqualTo("hunter2");
  }

  @Test
  void headerValue_urlField_masksItsQuery() {
    assertThat(DefaultRedaction.headerValue("Location", "https://u:p@h/cb?code=1&access_token=x#f"))
        .isEqualTo("https://[redacted]@h/cb?code=1&access_token=[redacted]#f");
  }

  @Test
  void url_secretParameters_maskedInPlace() {
    assertThat(DefaultRedaction.url("/a?x=1&api_key=k&y&password=p%20q&x=2"))
        .isEqualTo("/a?x=1&api_key=[redacted]&y&password=[redacted]&x=2");
  }

  @Test
  void url_secretInFragment_masked() {
    assertThat(DefaultRedaction.url("https://h/cb#access_token=x&state=1"))
        .isEqualTo("https://h/cb#access_token=[redacted]&state=1");
  }

  @Test
  void url_escapedName_masked() {
    assertThat(DefaultRedaction.url("/?%74oken=x")).isEqualTo("/?%74oken=[redacted]");
  }

  @Test
  void url_withoutSecrets_unchanged() {
    assertThat(DefaultRedaction.url("/a?x=1;y=2&&=z#top")).isEqualTo("/a?x=1;y=2&&=z#top");
    assertThat(DefaultRedaction.url("*")).isEqualTo("*");
    assertThat(DefaultRedaction.url("h:443")).isEqualTo("h:443");
  }

  @Test
  void decode_escapes_resolvedAsUtf8() {
    assertThat(PercentCoding.decode("a%C3%A9+b%zz%4")).isEqualTo("aé b%zz%4");
    assertThat(PercentCoding.decode("\u00c3\u00a9")).isEqualTo("é");
  }

  @Test
  void encodeIllegal_bytesNoUrlMayHold_escaped() {
    assertThat(PercentCoding.encodeIllegal("/a b\"\u00e9\u0007|?x=%20"))
        .isEqualTo("/a%20b%22%E9%07%7C?x=%20");
  }
}
