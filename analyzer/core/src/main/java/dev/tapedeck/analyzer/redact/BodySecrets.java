// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import java.nio.charset.StandardCharsets;

/** Finds secrets in a body, after transfer decoding and where there is no content coding. */
final class BodySecrets {
  /** How UTF-8 texts begin that say so, which JSON texts must not (RFC 8259, section 8.1). */
  private static final byte BYTE_ORDER_MARK = (byte) 0xef;

  private BodySecrets() {}

  /**
   * Returns whether bodies of that type can be looked through at all: text of two bytes a character
   * hides from patterns.
   */
  static boolean isReadable(RedactionRules rules, String contentType) {
    int charset = contentType.indexOf("charset=");
    String name = charset < 0 ? "" : contentType.substring(charset + 8).replace("\"", "").strip();
    boolean oneByte =
        name.isEmpty()
            || name.startsWith("utf-8")
            || name.startsWith("utf8")
            || name.startsWith("us-ascii")
            || name.startsWith("iso-8859-")
            || name.startsWith("windows-125");
    return (oneByte || MultipartSecrets.isForm(contentType))
        && (!rules.concernForms()
            || !contentType.contains("multipart/")
            || MultipartSecrets.isForm(contentType));
  }

  /**
   * Adds the secrets of a body.
   *
   * @return false when it is not what its type says, so that nothing is known of it
   */
  static boolean find(RedactionRules rules, String contentType, byte[] body, Spans spans) {
    if (rules.concernForms() && MultipartSecrets.isForm(contentType)) {
      byte[] copy = body.clone();
      if (!MultipartSecrets.find(rules, contentType, copy, new Spans())) {
        return false;
      }
      return MultipartSecrets.find(rules, contentType, body, spans);
    }
    boolean says = contentType.contains("json");
    if (rules.concernJson() && (says || looksLikeJson(body))) {
      Spans own = new Spans();
      byte[] copy = body.clone();
      if (JsonSecrets.find(rules, copy, own)) {
        JsonSecrets.find(rules, body, spans);
      } else {
        return false;
      }
    }
    if (rules.concernForms()
        && (contentType.isEmpty() || contentType.contains("form-urlencoded"))) {
      Parameters.find(body, 0, body.length, rules::isSecretField, spans);
    }
    rules.findPatterns(new String(body, StandardCharsets.ISO_8859_1), 0, spans);
    return true;
  }

  static boolean looksLikeJson(byte[] body) {
    for (byte b : body) {
      if (b == '{' || b == '[' || b == BYTE_ORDER_MARK) {
        return true;
      }
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return false;
      }
    }
    return false;
  }
}
