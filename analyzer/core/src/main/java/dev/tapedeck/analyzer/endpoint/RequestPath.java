// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.endpoint;

import dev.tapedeck.analyzer.filter.TargetParts;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request target's path, cut at its slashes.
 *
 * @param rooted whether it begins with a slash; if not, it is {@code *}, an authority (RFC 9112,
 *     section 3.2) or no path at all
 * @param segments percent-decoded, without their path parameters ({@code ;name=value}, RFC 3986,
 *     section 3.3); the last is empty when the path ends with a slash
 * @param more whether there were more segments than are kept
 */
record RequestPath(boolean rooted, List<String> segments, boolean more) {
  /** What lies deeper is left out of templates. */
  static final int MAX_SEGMENTS = 24;

  /** Returns the path of a target as sent. */
  static RequestPath of(String target) {
    String path = TargetParts.path(target);
    if (!path.startsWith("/")) {
      return new RequestPath(false, List.of(path), false);
    }
    List<String> segments = new ArrayList<>();
    int from = 1;
    while (segments.size() < MAX_SEGMENTS) {
      int slash = path.indexOf('/', from);
      segments.add(name(path.substring(from, slash < 0 ? path.length() : slash)));
      if (slash < 0) {
        return new RequestPath(true, segments, false);
      }
      from = slash + 1;
    }
    return new RequestPath(true, segments, true);
  }

  private static String name(String segment) {
    int semicolon = segment.indexOf(';');
    String bare = semicolon > 0 ? segment.substring(0, semicolon) : segment;
    return bare.indexOf('%') < 0 ? bare : decode(bare);
  }

  private static String decode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      int high = bytes[i] == '%' && i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = high < 0 ? -1 : Character.digit(bytes[i + 2], 16);
      if (low >= 0) {
        decoded.write(high << 4 | low);
        i += 2;
      } else {
        decoded.write(bytes[i]);
      }
    }
    return decoded.toString(StandardCharsets.UTF_8);
  }

  /** Returns the kind of the segment there; null when it may be a name. */
  @Nullable ParameterKind kind(int segment) {
    return rooted
        ? SegmentShape.of(segments.get(segment), segment == 0 ? null : segments.get(segment - 1))
        : null;
  }

  /**
   * Returns a name as it stands in a template: encoded again, so that braces are those of
   * parameters and no control character is left.
   */
  static void appendName(StringBuilder template, String name, boolean inPath) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c <= ' ' || c == '{' || c == '}' || c == 0x7f || c == '%' || (inPath && isEnd(c))) {
        template.append('%').append(Character.toUpperCase(Character.forDigit(c >> 4, 16)));
        template.append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
      } else {
        template.append(c);
      }
    }
  }

  private static boolean isEnd(char c) {
    return c == '/' || c == '?' || c == '#';
  }
}
