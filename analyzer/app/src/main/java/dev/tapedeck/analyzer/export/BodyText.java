// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.format.Bytes;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tells text from other content, by what it is and not by what it says it is. */
public final class BodyText {
  private static final String CHARSET_PARAMETER = "charset=";

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
   * @param contentType names the charset, UTF-8 when it does not; null when there is no such field
   * @return null when the content is not text
   */
  public static @Nullable String decode(Bytes content, @Nullable String contentType) {
    Charset charset = charset(contentType);
    if (charset == null || !charset.canEncode()) {
      return null;
    }
    CharBuffer decoded;
    try {
      decoded =
          charset
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(content.asBuffer());
      for (int i = 0; i < decoded.length(); i++) {
        if (isBinary(decoded.charAt(i))) {
          return null;
        }
      }
      if (!charset.equals(StandardCharsets.UTF_8)) {
        ByteBuffer again = charset.newEncoder().encode(decoded.duplicate());
        if (!again.equals(content.asBuffer())) {
          return null;
        }
      }
    } catch (CharacterCodingException e) {
      // Not an error: these bytes are not text of that charset, which is what the caller asks.
      return null;
    }
    return decoded.toString();
  }

  private static boolean isBinary(char c) {
    return c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f';
  }

  /** Returns the charset that a content type names, UTF-8 when none, null when it is unknown. */
  private static @Nullable Charset charset(@Nullable String contentType) {
    if (contentType == null) {
      return StandardCharsets.UTF_8;
    }
    int at = contentType.toLowerCase(Locale.ROOT).indexOf(CHARSET_PARAMETER);
    if (at < 0) {
      return StandardCharsets.UTF_8;
    }
    String name = contentType.substring(at + CHARSET_PARAMETER.length());
    int end = name.indexOf(';');
    name = (end < 0 ? name : name.substring(0, end)).replace("\"", "").strip();
    try {
      return Charset.forName(name);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      // The recorded value names nothing this JVM can decode, so the content cannot be shown as
      // text.
      return null;
    }
  }
}
