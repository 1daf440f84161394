// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.ProcessInfo;
import java.util.function.Function;

/** Columns that say where something was recorded, the same in several tables. */
final class ConnectionColumns {
  private ConnectionColumns() {}

  /** Adds what exchanges and sessions both say of their connection. */
  static <R> void addTo(Table.Columns<R> columns, Function<R, ConnectionInfo> connection) {
    columns
        .text(
            "scheme",
            "`https` for bytes taken from a TLS session, else `http`",
            row -> connection.apply(row).scheme())
        .text(
            "role",
            "the side from which the bytes were taken: `server` or `client`",
            row -> Values.lower(connection.apply(row).role()))
        .number("process_pid", "the recorded process", row -> pid(connection.apply(row).process()))
        .text(
            "process_comm",
            "its command name",
            row -> Table.known(connection.apply(row).process().comm()))
        .text(
            "process_exe",
            "its executable",
            row -> Table.known(connection.apply(row).process().exe()))
        .text(
            "client_ip",
            "address of the end that connected",
            row -> Table.known(connection.apply(row).client().address()))
        .number("client_port", "its port", row -> port(connection.apply(row).client().port()))
        .text(
            "server_ip",
            "address of the end that accepted",
            row -> Table.known(connection.apply(row).server().address()))
        .number("server_port", "its port", row -> port(connection.apply(row).server().port()))
        .text(
            "link_method",
            "how TLS bytes and socket were linked",
            row -> Values.lower(connection.apply(row).link().method()))
        .text(
            "link_confidence",
            "`proven`, `likely` or `guessed`",
            row -> Values.lower(connection.apply(row).link().confidence()));
  }

  /** Imports know of no process; 0 is the number of none. */
  static long pid(ProcessInfo process) {
    return process.pid() == 0 ? Column.NULL : process.pid();
  }

  private static long port(int port) {
    return port == 0 ? Column.NULL : port;
  }
}
