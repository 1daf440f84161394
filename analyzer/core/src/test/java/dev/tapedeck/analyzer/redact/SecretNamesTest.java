// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SecretNamesTest {
  private static final List<String> PIECES =
      List.of(
          "api",
          "key",
          "Api-Key",
          "token",
          "TOKEN",
          "secret",
          "passwd",
          "password",
          "pwd",
          "passphrase",
          "credential",
          "credentials",
          "signature",
          "sig",
          "jwt",
          "otp",
          "session",
          "sessionid",
          "sid",
          "auth",
          "authorization",
          "csrf",
          "XSRF",
          "jsessionid",
          "phpsessid",
          "sessid",
          "cookie",
          "cookie2",
          "set-cookie",
          "_",
          "-",
          ".",
          "user",
          "id",
          "x",
          "access",
          "private",
          "connection",
          "string",
          "subscription",
          "pin",
          "cvv",
          "passcode",
          "7",
          "apikey",
          "s",
          "k");

  @Test
  void mayBeSecret_everySecretName_isOne() {
    Random random = new Random(5);
    int secrets = 0;
    for (int round = 0; round < 50_000; round++) {
      StringBuilder name = new StringBuilder();
      for (int i = random.nextInt(4); i >= 0; i--) {
        name.append(PIECES.get(random.nextInt(PIECES.size())));
      }
      boolean secret =
          DefaultRedaction.isSecretParameter(name.toString())
              || DefaultRedaction.isSecretHeader(name.toString());
      byte[] bytes = name.toString().getBytes(StandardCharsets.US_ASCII);
      secrets += secret ? 1 : 0;
      assertThat(!secret || DefaultRedaction.mayBeSecret(bytes, 0, bytes.length))
          .as(name.toString())
          .isTrue();
    }
    assertThat(secrets).isGreaterThan(10_000);
    assertThat(DefaultRedaction.mayBeSecret("quantity".getBytes(StandardCharsets.US_ASCII), 0, 8))
        .isFalse();
  }
}
