// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.format.Bytes;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Says in which charset a body is written: what its byte order mark shows, else what its content
 * type names, else what it says itself (HTML Living Standard, section 13.2.3.2; XML 1.0, appendix
 * F), else UTF-8.
 */
final class BodyCharset {
  /** A document names its charset within so many bytes. */
  private static final int SNIFFED_BYTES = 1024;

  private static final Pattern PARAMETER =
      Pattern.compile("charset\\s*=\\s*[\"']?([^\\s\"';,/>]+)", Pattern.CASE_INSENSITIVE);
  private static final Pattern META =
      Pattern.compile("<meta\\s[^>]*charset\\s*=", Pattern.CASE_INSENSITIVE);
  private static final Pattern XML_DECLARATION =
      Pattern.compile("^<\\?xml\\s[^>]*encoding\\s*=\\s*[\"']([A-Za-z][A-Za-z0-9._-]*)[\"']");

  private BodyCharset() {}

  /**
   * Returns the charset, null when it is one that this JVM does not know.
   *
   * @param contentType null when there is no such field
   */
  static @Nullable Charset of(Bytes content, @Nullable String contentType) {
    Charset marked = marked(content);
    if (marked != null) {
      return marked;
    }
    String name = contentType == null ? null : parameter(contentType);
    if (name == null) {
      name = ownWord(content, contentType);
    }
    if (name == null) {
      return StandardCharsets.UTF_8;
    }
    try {
      return Charset.forName(name);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      // The recorded value names nothing this JVM can decode, so the content cannot be shown as
      // text.
      return null;
    }
  }

  private static @Nullable Charset marked(Bytes content) {
    int first = content.length() > 0 ? content.get(0) & 0xff : 0;
    int second = content.length() > 1 ? content.get(1) & 0xff : 0;
    if (first == 0xfe && second == 0xff) {
      return StandardCharsets.UTF_16BE;
    }
    if (first == 0xff && second == 0xfe) {
      return StandardCharsets.UTF_16LE;
    }
    boolean utf8 =
        first == 0xef && second == 0xbb && content.length() > 2 && (content.get(2) & 0xff) == 0xbf;
    return utf8 ? StandardCharsets.UTF_8 : null;
  }

  private static @Nullable String parameter(String contentType) {
    Matcher matcher = PARAMETER.matcher(contentType);
    return matcher.find() ? matcher.group(1) : null;
  }

  /** Only documents are asked: in other text, such words mean something else. */
  private static @Nullable String ownWord(Bytes content, @Nullable String contentType) {
    String type = contentType == null ? "" : contentType.toLowerCase(Locale.ROOT);
    String start = content.slice(0, Math.min(SNIFFED_BYTES, content.length())).toLatin1();
    if (type.contains("html")) {
      Matcher meta = META.matcher(start);
      // A document whose ASCII says so is in no UTF-16, whatever it says.
      String name = meta.find() ? parameter(start.substring(meta.start())) : null;
      if (name != null) {
        return isUtf16(name) ? StandardCharsets.UTF_8.name() : name;
      }
    }
    if (type.contains("xml") || type.isEmpty()) {
      Matcher xml = XML_DECLARATION.matcher(start);
      if (xml.find()) {
        return isUtf16(xml.group(1)) ? StandardCharsets.UTF_8.name() : xml.group(1);
      }
    }
    return null;
  }

  private static boolean isUtf16(String name) {
    return name.toLowerCase(Locale.ROOT).startsWith("utf-16");
  }
}
