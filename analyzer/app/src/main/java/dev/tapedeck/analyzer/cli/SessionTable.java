// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.cli.TextTable.Column;
import dev.tapedeck.analyzer.export.CaptureRef;
import java.util.List;
import java.util.Locale;

/** Sessions as lines of a table. */
final class SessionTable {
  private static final String UNKNOWN = "-";

  private final TextTable table;

  SessionTable(int width) {
    this.table =
        new TextTable(
            List.of(
                Column.left("ID", 4),
                Column.left("STARTED UTC", 12),
                Column.right("TOOK", 8),
                Column.right("EXCH", 4),
                Column.right("BYTES", 9),
                Column.left("ROLE", 6),
                Column.left("PROCESS, CONNECTION", 0)),
            width);
  }

  String heading() {
    return table.heading();
  }

  String line(CaptureRef capture, Session session) {
    Long started = SessionFacts.startedEpochNanos(session);
    Long duration = SessionFacts.durationNanos(session);
    ConnectionInfo connection = session.connection();
    return table.line(
        List.of(
            capture.qualify(session.id()),
            started == null ? UNKNOWN : Human.clock(started),
            duration == null ? UNKNOWN : Human.duration(duration),
            Integer.toString(session.exchanges().size()),
            Human.bytes(SessionFacts.capturedBytes(session)),
            connection.role().name().toLowerCase(Locale.ROOT),
            TerminalText.escape(
                connection.process().comm()
                    + "["
                    + connection.process().pid()
                    + "] "
                    + connection.scheme()
                    + " "
                    + connection.client()
                    + " -> "
                    + connection.server())));
  }
}
