// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.filter;

import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.http.BodyText;
import dev.tapedeck.format.Bytes;
import java.nio.charset.StandardCharsets;

/** Captured bytes as the text that people compare them with. */
final class Texts {
  private static final char REPLACEMENT = '\ufffd';

  private Texts() {}

  /**
   * Returns the text of part of a head: UTF-8 where it is, else one character a byte.
   *
   * @param latin1 one character a byte
   */
  static String readable(String latin1) {
    for (int i = 0; i < latin1.length(); i++) {
      if (latin1.charAt(i) > 0x7f) {
        String text =
            new String(latin1.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        return text.indexOf(REPLACEMENT) < 0 ? text : latin1;
      }
    }
    return latin1;
  }

  /**
   * Returns the text of bytes that name no charset: UTF-8 where it is, else one character a byte.
   */
  static String ofBytes(Bytes content) {
    String text = content.toUtf8();
    return text.indexOf(REPLACEMENT) < 0 ? text : content.toLatin1();
  }

  /** Returns the decoded body: in its charset where it is text, else one character a byte. */
  static String ofBody(HttpMessage message) {
    Bytes content = message.body().content().toBytes();
    String text = BodyText.decode(content, BodyText.contentType(message));
    return text == null ? content.toLatin1() : text;
  }
}
