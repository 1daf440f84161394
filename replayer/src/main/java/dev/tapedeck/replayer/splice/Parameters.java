// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.splice;

import java.util.ArrayList;
import java.util.List;

/** The parts of URLs, queries and forms, and of Cookie fields. */
public final class Parameters {
  private Parameters() {}

  /**
   * A named value.
   *
   * @param name decoded
   * @param nameFrom where its name begins in the text
   * @param value where its value stands; empty at the end of the name when there is no {@code =}
   */
  public record Parameter(String name, int nameFrom, Slice value) {}

  /** Returns the parameters of {@code a=1&b=2} between two offsets (URL standard, section 5.1). */
  public static List<Parameter> ofForm(String text, int from, int to) {
    return split(text, from, to, '&', Coding.FORM);
  }

  /** Returns the pairs of a Cookie field (RFC 6265, section 4.2.1). */
  public static List<Parameter> ofCookies(String text) {
    return split(text, 0, text.length(), ';', Coding.PLAIN);
  }

  private static List<Parameter> split(
      String text, int from, int to, char separator, Coding coding) {
    List<Parameter> found = new ArrayList<>();
    int start = from;
    while (start < to) {
      int end = text.indexOf(separator, start);
      end = end < 0 || end > to ? to : end;
      int name = start;
      while (name < end && text.charAt(name) == ' ') {
        name++;
      }
      int equals = text.indexOf('=', name);
      equals = equals < 0 || equals > end ? end : equals;
      String raw = text.substring(name, equals);
      String decoded = coding.decode(raw);
      int value = Math.min(equals + 1, end);
      found.add(
          new Parameter(decoded == null ? raw : decoded, name, new Slice(value, end, coding)));
      start = end + 1;
    }
    return found;
  }

  /** Returns where the path of a URL or request target begins. */
  public static int pathFrom(String url) {
    int scheme = url.indexOf("://");
    if (scheme < 0 || scheme > url.indexOf('/')) {
      return 0;
    }
    int slash = url.indexOf('/', scheme + "://".length());
    return slash < 0 ? url.length() : slash;
  }

  /** Returns where the path of a URL or request target ends. */
  public static int pathTo(String url) {
    int query = url.indexOf('?');
    int fragment = url.indexOf('#');
    int end = query < 0 ? fragment : fragment < 0 ? query : Math.min(query, fragment);
    return end < 0 ? url.length() : end;
  }

  /** Returns the parameters of a URL's query, then those of its fragment. */
  public static List<Parameter> ofUrl(String url) {
    List<Parameter> found = new ArrayList<>();
    int from = pathTo(url);
    while (from < url.length()) {
      int end = url.charAt(from) == '?' ? url.indexOf('#', from) : url.length();
      end = end < 0 ? url.length() : end;
      found.addAll(ofForm(url, from + 1, end));
      from = end;
    }
    return found;
  }

  /** Returns the segments of a URL's path, without the slashes; parameters after ; are apart. */
  public static List<Slice> segments(String url) {
    List<Slice> found = new ArrayList<>();
    int to = pathTo(url);
    int from = Math.min(pathFrom(url), to);
    if (from < to && url.charAt(from) == '/') {
      from++;
    }
    for (int i = from; i <= to; i++) {
      if (i == to || url.charAt(i) == '/' || url.charAt(i) == ';') {
        found.add(new Slice(from, i, Coding.PERCENT));
        from = i + 1;
      }
    }
    return found;
  }
}
