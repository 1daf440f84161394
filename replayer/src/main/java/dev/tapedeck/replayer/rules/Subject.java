// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

import com.google.re2j.Pattern;
import dev.tapedeck.analyzer.rules.Glob;
import dev.tapedeck.analyzer.rules.JsonPathPattern;
import dev.tapedeck.replayer.markup.MarkupPath;
import org.jspecify.annotations.Nullable;

/** The values of an answer that a rule is about. */
public sealed interface Subject {
  /** Returns the subject as in the rules file. */
  String text();

  /**
   * Header or trailer fields, or cookies that the answer sets.
   *
   * @param text such as {@code x-request-id} or {@code set-cookie[sid]}
   * @param name of the field, matched in lower case
   * @param cookie its name; null when it is about whole fields
   */
  record Header(String text, java.util.regex.Pattern name, java.util.regex.@Nullable Pattern cookie)
      implements Subject {
    private static final java.util.regex.Pattern COOKIE =
        java.util.regex.Pattern.compile("(?i)set-cookie\\[(.+)]");

    static Header parse(String text) {
      java.util.regex.Matcher cookie = COOKIE.matcher(text);
      return cookie.matches()
          ? new Header(text, Glob.name("set-cookie"), exactCase(cookie.group(1)))
          : new Header(text, Glob.name(text), null);
    }

    /** Names of cookies differ by case (RFC 6265, section 5.3). */
    private static java.util.regex.Pattern exactCase(String glob) {
      return Glob.path(glob.replace("*", "**"));
    }
  }

  /**
   * Values of JSON bodies.
   *
   * @param path to them
   */
  record Json(JsonPathPattern path) implements Subject {
    @Override
    public String text() {
      return path.text();
    }
  }

  /**
   * Attributes and texts of XML and HTML bodies.
   *
   * @param path to them
   */
  record Markup(MarkupPath path) implements Subject {
    @Override
    public String text() {
      return path.text();
    }
  }

  /**
   * A line of other text bodies.
   *
   * @param text such as {@code line[3]}
   * @param number from 1; {@link #ANY} for every line
   */
  record Line(String text, int number) implements Subject {
    static final int ANY = 0;
    private static final java.util.regex.Pattern SYNTAX =
        java.util.regex.Pattern.compile("line\\[(\\*|[1-9]\\d{0,8})]");

    static @Nullable Line parse(String text) {
      java.util.regex.Matcher matcher = SYNTAX.matcher(text);
      if (!matcher.matches()) {
        return null;
      }
      String number = matcher.group(1);
      return new Line(text, number.equals("*") ? ANY : Integer.parseInt(number));
    }

    /** Returns whether it is about a line, from 1. */
    public boolean matches(int line) {
      return number == ANY || number == line;
    }
  }

  /**
   * What a regular expression finds in text bodies: its first group, or all of it when it has none.
   *
   * @param pattern linear in the text's length, because texts come from elsewhere
   */
  record Found(Pattern pattern) implements Subject {
    @Override
    public String text() {
      return pattern.pattern();
    }
  }
}
