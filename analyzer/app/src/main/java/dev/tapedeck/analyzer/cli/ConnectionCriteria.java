// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.ConnectionInfo;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which connections a command is about; of each kind one must fit, and all kinds must. */
final class ConnectionCriteria {
  @Option(
      names = "--pid",
      paramLabel = "P",
      converter = Count.OfInt.class,
      description = "Connections of that process; may be repeated.")
  private List<Integer> pids = List.of();

  @Option(
      names = "--comm",
      paramLabel = "NAME",
      description = "Connections of processes of that name; may be repeated.")
  private List<String> names = List.of();

  @Option(
      names = "--exe",
      paramLabel = "PATH",
      description = "Connections of processes that run that program; may be repeated.")
  private List<String> programs = List.of();

  @Option(
      names = "--port",
      paramLabel = "N",
      converter = Count.OfInt.class,
      description = "Connections with that port at either end; may be repeated.")
  private List<Integer> ports = List.of();

  @Option(
      names = "--connection",
      paramLabel = "ID",
      converter = SessionNumber.class,
      description = "What 'sessions' lists under that id, with its other end; may be repeated.")
  private List<Integer> sessions = List.of();

  @Option(names = "--invert", description = "All connections but these.")
  private boolean inverted;

  /** The session's number in an id as other commands print it. */
  static final class SessionNumber implements ITypeConverter<Integer> {
    private static final Pattern ID =
        Pattern.compile("(?:[0-9]{1,9}:)?([0-9]{1,9})(?:\\.[0-9]{1,9})?");

    @Override
    public Integer convert(String text) {
      Matcher matcher = ID.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException(
            "'" + text + "' is no id; write such as 12, or 12.3 of one of its exchanges");
      }
      return Integer.valueOf(matcher.group(1));
    }
  }

  boolean isInverted() {
    return inverted;
  }

  /** Returns whether any is given. */
  boolean isGiven() {
    return !(pids.isEmpty()
        && names.isEmpty()
        && programs.isEmpty()
        && ports.isEmpty()
        && sessions.isEmpty());
  }

  /** Returns those of the sessions' numbers that are asked for and above the last one. */
  Set<Integer> sessionsAbove(int last) {
    Set<Integer> missing = new TreeSet<>(sessions);
    missing.removeIf(number -> number >= 1 && number <= last);
    return missing;
  }

  /**
   * Returns whether a connection is meant.
   *
   * @param number the session's
   * @param otherNumber that of the connection's other end; 0 when it was not recorded
   */
  boolean test(ConnectionInfo connection, int number, int otherNumber, boolean alsoFits) {
    boolean fits =
        alsoFits
            && fits(pids, connection.process().pid())
            && fits(names, connection.process().comm())
            && fits(programs, connection.process().exe())
            && (fits(ports, connection.client().port()) || fits(ports, connection.server().port()))
            && (fits(sessions, number) || sessions.contains(otherNumber));
    return fits != inverted;
  }

  private static <T> boolean fits(List<T> wanted, T actual) {
    return wanted.isEmpty() || wanted.contains(actual);
  }
}
