// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import java.nio.charset.StandardCharsets;

/**
 * Gives single texts as they may be shared, such as a request target in a report or one value of an
 * answer: secrets by the default rules are masked as {@link ExchangeMasker} masks them.
 *
 * <p><b>Threads:</b> stateless.
 */
public final class TextMasker {
  private TextMasker() {}

  /** Returns whether a field, cookie, parameter, member or element of that name is a secret. */
  public static boolean isSecretName(String name) {
    return DefaultRedaction.isSecretParameter(name) || DefaultRedaction.isSecretHeader(name);
  }

  /**
   * Returns a text of whatever language without the secrets that a name in it or their shape tells.
   */
  public static String text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Spans spans = new Spans();
    secrets(bytes, spans).find(KnownSecrets.NONE);
    return masked(text, bytes, spans);
  }

  /**
   * Returns a JSON text of whose members secret ones were masked already: other secrets in its
   * strings are masked.
   */
  public static String json(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    Spans spans = new Spans();
    secrets(bytes, spans).insideJson().find(KnownSecrets.NONE);
    return masked(json, bytes, spans);
  }

  /** Returns the value of a header field that is no secret's, which may be a URL. */
  public static String field(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    Spans spans = new Spans();
    Parameters.findInUrl(bytes, 0, bytes.length, TextMasker::isSecretName, spans);
    secrets(bytes, spans).find(KnownSecrets.NONE);
    return masked(value, bytes, spans);
  }

  /** Returns a request target, or another URL, without its secrets and its user information. */
  public static String url(String url) {
    byte[] bytes = url.getBytes(StandardCharsets.UTF_8);
    Spans spans = new Spans();
    Parameters.findInUrl(bytes, 0, bytes.length, TextMasker::isSecretName, spans);
    MaskedHead.userInformation(bytes, spans);
    secrets(bytes, spans).find(KnownSecrets.NONE);
    return masked(url, bytes, spans);
  }

  private static TextSecrets secrets(byte[] bytes, Spans spans) {
    return new TextSecrets(bytes, 0, bytes.length, TextMasker::isSecretName, spans);
  }

  private static String masked(String text, byte[] bytes, Spans spans) {
    return spans.mask(bytes, FixedMask.INSTANCE) == 0
        ? text
        : new String(bytes, StandardCharsets.UTF_8);
  }
}
