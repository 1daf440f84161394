// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.splice;

import java.util.Locale;

/**
 * A chunked body (RFC 9112, section 7.1) with another content: the chunk in which the change begins
 * takes what is new, those behind it lose what is gone, and all others keep their bytes, as do
 * extensions and trailers.
 */
public final class Chunks {
  private Chunks() {}

  /**
   * Returns the chunks with another content.
   *
   * @param framed chunks as sent
   * @param before their content
   * @param now the content that they get
   */
  public static String replace(String framed, String before, String now) {
    Change change = Change.between(before, now);
    String inserted = now.substring(change.from(), change.nowTo());
    StringBuilder result = new StringBuilder(framed.length() + inserted.length());
    int at = 0;
    int position = 0;
    boolean done = false;
    while (at < framed.length()) {
      int lineEnd = framed.indexOf('\n', at) + 1;
      String line = framed.substring(at, lineEnd);
      int digits = 0;
      while (digits < line.length() && Character.digit(line.charAt(digits), 16) >= 0) {
        digits++;
      }
      int size = Integer.parseInt(line.substring(0, digits), 16);
      if (size == 0) {
        if (!done) {
          // The change is an addition at the very end.
          result.append(Integer.toHexString(inserted.length())).append("\r\n");
          result.append(inserted).append("\r\n");
        }
        return result.append(framed, at, framed.length()).toString();
      }
      int next = framed.indexOf('\n', lineEnd + size) + 1;
      String data = framed.substring(lineEnd, lineEnd + size);
      int from = Math.max(change.from() - position, 0);
      int to = Math.min(change.to() - position, size);
      boolean first = !done && change.from() - position < size;
      boolean cut = from < to;
      if (first || cut) {
        int keep = Math.min(from, size);
        String changed =
            data.substring(0, keep)
                + (first ? inserted : "")
                + data.substring(Math.max(Math.min(to, size), keep));
        done = true;
        if (!changed.isEmpty()) {
          result.append(sizeLike(line.substring(0, digits), changed.length()));
          result.append(line, digits, line.length());
          result.append(changed).append(framed, lineEnd + size, next);
        }
      } else {
        result.append(framed, at, next);
      }
      position += size;
      at = next;
    }
    return result.toString();
  }

  /** Returns a content as one chunk (RFC 9112, section 7.1). */
  static String anew(String content) {
    String last = "0\r\n\r\n";
    return content.isEmpty()
        ? last
        : Integer.toHexString(content.length()) + "\r\n" + content + "\r\n" + last;
  }

  /** Writes a size with the zeros and letters of another. */
  private static String sizeLike(String like, int size) {
    String hex = Integer.toHexString(size);
    String letters = like.matches(".*[A-F].*") ? hex.toUpperCase(Locale.ROOT) : hex;
    return like.startsWith("0") && like.length() > letters.length()
        ? "0".repeat(like.length() - letters.length()) + letters
        : letters;
  }
}
