// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextMaskerTest {
  private static final String CANARY = "Canary7Secret";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mutation { login(user: \"ann\", password: \"Canary7Secret\") { id } }",
        "mutation { login(password : 'Canary7Secret') { id } }",
        "{\"query\":\"{ login(password: \\\"Canary7Secret\\\") }\"}",
        "<script>var token = \"Canary7Secret\"; f(apiKey='Canary7Secret')</script>",
        "db: {password: \"Canary7Secret\"}",
        "<a token=\"Canary7Secret\"/>",
        "DB_PASSWORD=Canary7Secret",
        "Password: Canary7Secret",
        "postgres://ann:Canary7Secret@h/db, {\"a\":\"amqp:\\/\\/ann:Canary7Secret@h\"}",
        "see https://ann:Canary7Secret@h.example/?token=Canary7Secret#id_token=Canary7Secret"
      })
  void text_valueBesideASecretName_isMasked(String text) {
    assertThat(TextMasker.text(text)).contains("MASKED").doesNotContain(CANARY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a = \"b\"; title: \"no secret\"",
        "the token is here: \"quoted\"",
        "",
        "=",
        ":\"",
        "token",
        "token=",
        "token = \"\"",
        "grüße: \"ü\"",
        "http://h/a@b ftp://@h https://h?x@y //ann@h"
      })
  void text_nothingSecret_staysAsItIs(String text) {
    assertThat(TextMasker.text(text)).isEqualTo(text);
  }

  @Test
  void url_everyPlaceOfASecret_isMasked() {
    assertThat(
            TextMasker.url(
                "http://ann:Canary7Secret@h/a;jsessionid=Canary7Secret;b?x=1&sid=Canary7"))
        .isEqualTo("http://MASKED***********@h/a;jsessionid=MASKED*******;b?x=1&sid=MASKED*");
    assertThat(TextMasker.url("ann:Canary7Secret@h:443")).isEqualTo("MASKED***********@h:443");
    assertThat(TextMasker.url("/a?b=ä@c")).isEqualTo("/a?b=ä@c");
  }

  @Test
  void isSecretName_namesOfCredentials_are() {
    assertThat(
            Stream.of(
                "private_key", "Ocp-Apim-Subscription-Key", "ConnectionString", "cvv", "card_pin"))
        .allMatch(TextMasker::isSecretName);
    assertThat(Stream.of("pinned", "spinner", "cvvs", "subscription", "status"))
        .noneMatch(TextMasker::isSecretName);
  }
}
