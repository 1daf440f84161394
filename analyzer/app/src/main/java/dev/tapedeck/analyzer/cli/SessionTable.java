// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.ProcessInfo;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.terminal.Human;
import dev.tapedeck.analyzer.terminal.TextTable;
import dev.tapedeck.analyzer.terminal.TextTable.Column;
import dev.tapedeck.analyzer.text.SafeText;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.Role;
import java.util.List;

/** Sessions as lines of a table. */
final class SessionTable {
  private static final String NOTHING = "-";

  private final TextTable table;

  SessionTable(int width) {
    this.table =
        new TextTable(
            List.of(
                Column.left("ID", 4),
                Column.left("STARTED", 8),
                Column.right("TOOK", 7),
                Column.right("EXCH", 4),
                Column.right("BYTES", 6),
                Column.right("LOST", 6),
                Column.left("SCHEME", 6),
                Column.left("RECORDED PROCESS AND PEER", 0)),
            width);
  }

  String heading() {
    return table.heading();
  }

  String line(CaptureRef capture, SessionSummary session) {
    Long started = SessionFacts.startedEpochNanos(session);
    Long duration = SessionFacts.durationNanos(session);
    ConnectionInfo connection = session.connection();
    return table.line(
        List.of(
            capture.qualify(session.id()),
            started == null ? NOTHING : Human.clockSeconds(started),
            duration == null ? NOTHING : Human.shortDuration(duration),
            Long.toString(session.exchanges()),
            Human.shortBytes(SessionFacts.capturedBytes(session)),
            lost(session),
            connection.scheme(),
            SafeText.escape(processAndPeer(connection))));
  }

  /** What was left out on purpose is not lost. */
  private static String lost(SessionSummary session) {
    long lost = session.accounting().lostBytes() - session.coverage().cutBytes();
    return lost == 0 ? NOTHING : Human.shortBytes(lost);
  }

  /**
   * Returns {@code nginx[12]:443 <- client} or {@code curl[34] -> server}; what was imported has no
   * process but an address.
   */
  private static String processAndPeer(ConnectionInfo connection) {
    boolean server = connection.role() == Role.SERVER;
    String arrow = server ? " <- " : " -> ";
    Endpoint peer = server ? connection.client() : connection.server();
    if (connection.process().equals(ProcessInfo.UNKNOWN)) {
      return (server ? connection.server() : connection.client()) + arrow + peer;
    }
    String comm = connection.process().comm();
    String process = (comm.isEmpty() ? "?" : comm) + "[" + connection.process().pid() + "]";
    return process + (server ? ":" + connection.server().port() : "") + arrow + peer;
  }
}
