// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What {@code --help filter} prints: the language on one page. */
public final class FilterHelp {
  private static final int WIDTH = 80;

  private static final String PAGE =
      """
      An expression says which exchanges a command is about:

        status >= 500 and path ~ "^/orders" and duration > 200ms

      Comparisons
        ==  !=  <  <=  >  >=       equal, not equal, order
        ~  !~                      a regular expression (RE2) is found in it, or not
        contains  not contains     the text stands in it, or not
        in (A, B..C)  not in (...) one of these, or in a range
        == null  != null           was not captured, was captured
        a field alone              is true, or was captured
      They are joined with and, or, not (also && || !) and brackets; and binds
      stronger than or.

      Values
        texts in quotes "..." or '...', where \\" and \\\\ stand for " and \\ (a regular
        expression keeps its backslashes); words and paths without blanks need none
        durations 5us 200ms 1.5s 3m 2h, sizes 512 16KiB 1.5M, addresses 10.0.0.1
        or 10.0.0.0/8, times 2026-03-01T12:00:00Z or +30s from the first event
        Numbers of fields whose name says the unit (duration_us) may leave it out.

      What was not captured
        makes every comparison false, != and !~ too; only "== null" and not turn it.
        Of a field with several values (a repeated header) one has to pass, and for
        != !~ and "not in" none may.

      Named parts
        header["x-tag"] of either message, request.headers["x-tag"],
        response.headers.server, trailer["x-sum"], query["id"]; without a name each
        header is a line "Name: value". Names of headers have no case.

      Fields
      """;

  private static final String END =
      """

      docs/FILTER.md says what each field is, with examples.
      """;

  private FilterHelp() {}

  /**
   * Returns whether a command line asks for the page: {@code --help filter} after any command, or
   * {@code help filter}.
   */
  public static boolean isAskedFor(String... arguments) {
    int last = arguments.length - 1;
    return last >= 1
        && arguments[last].equals("filter")
        && (arguments[last - 1].equals("--help")
            || arguments[last - 1].equals("-h")
            || (last == 1 && arguments[0].equals("help")));
  }

  /** Returns the page, in lines of 80 columns at most. */
  public static String page() {
    StringBuilder page = new StringBuilder(PAGE);
    for (List<String> group : groups()) {
      StringBuilder line = new StringBuilder(" ");
      for (String name : group) {
        if (line.length() + 1 + name.length() > WIDTH) {
          page.append(line).append('\n');
          line = new StringBuilder("   ");
        }
        line.append(' ').append(name);
      }
      page.append(line).append('\n');
    }
    return page.append(END).toString();
  }

  /** Names without a dot, then those of each part. */
  private static List<List<String>> groups() {
    List<List<String>> groups = new ArrayList<>();
    Set<String> heads = new TreeSet<>();
    for (String name : Fields.names()) {
      heads.add(name.substring(0, name.indexOf('.') + 1));
    }
    for (String head : heads) {
      groups.add(
          Fields.names().stream()
              .filter(name -> name.substring(0, name.indexOf('.') + 1).equals(head))
              .toList());
    }
    return groups;
  }
}
