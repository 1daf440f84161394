// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.format.Bytes;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Tells text from other content, by what it is and not by what it says it is. */
public final class BodyText {
  /** Stands in Java's text where UTF-8 was malformed. */
  private static final char REPLACEMENT = '\ufffd';

  private BodyText() {}

  /** Returns the message's Content-Type as sent; null when it has none. */
  public static @Nullable String contentType(HttpMessage message) {
    HeaderField field = message.headers().first("content-type");
    return field == null ? null : field.value();
  }

  /**
   * Returns content as text when that loses nothing: it decodes without a malformed sequence in its
   * charset, encodes to the same bytes again and holds no control characters but white space.
   *
   * @param content after content decoding
   * @param contentType names the charset, see {@link BodyCharset}; null when there is no such field
   * @return null when the content is not text
   */
  public static @Nullable String decode(Bytes content, @Nullable String contentType) {
    Charset charset = BodyCharset.of(content, contentType);
    if (charset == null || !charset.canEncode()) {
      return null;
    }
    String text = charset.equals(StandardCharsets.UTF_8) ? content.toUtf8() : null;
    if (text == null || text.indexOf(REPLACEMENT) >= 0) {
      // Another charset, or the replacement of malformed input, unless it was sent as such.
      text = decodeExactly(content, charset);
    }
    return text == null || isBinary(text) ? null : text;
  }

  /** Returns null where decoding and encoding again would not give the same bytes. */
  private static @Nullable String decodeExactly(Bytes content, Charset charset) {
    try {
      CharBuffer decoded =
          charset
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(content.asBuffer());
      ByteBuffer again = charset.newEncoder().encode(decoded.duplicate());
      return again.equals(content.asBuffer()) ? decoded.toString() : null;
    } catch (CharacterCodingException e) {
      // Not an error: these bytes are not text of that charset, which is what the caller asks.
      return null;
    }
  }

  private static boolean isBinary(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isBinary(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isBinary(char c) {
    return c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f';
  }
}
