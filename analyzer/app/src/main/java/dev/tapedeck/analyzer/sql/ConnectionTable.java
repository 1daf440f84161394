// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import dev.tapedeck.analyzer.ByteAccounting;
import dev.tapedeck.analyzer.ByteMap;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.analyzer.TlsInfo;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The table {@code connections}. */
final class ConnectionTable {
  private ConnectionTable() {}

  private record Row(CaptureInput input, SessionSummary session) {
    @Nullable Long openedNanos() {
      return session.connection().openedEpochNanos();
    }

    @Nullable Long closedNanos() {
      return session.connection().closedEpochNanos();
    }
  }

  static Table<?> table() {
    Table.Columns<Row> columns = Table.columnsOf();
    columns
        .text(
            "id",
            "`session_id` in `exchanges`",
            row -> row.input.capture().qualify(row.session.id()))
        .text("file", "the capture", row -> row.input.file());
    ConnectionColumns.addTo(columns, row -> row.session.connection());
    columns
        .text(
            "link_explanation",
            "why the link is believed",
            row -> Table.known(row.session.connection().link().explanation()))
        .number(
            "peer_pid",
            "the process at the other end, when that was recorded too",
            row ->
                row.session.connection().peer() == null
                    ? Column.NULL
                    : ConnectionColumns.pid(row.session.connection().peer()))
        .text(
            "peer_comm",
            "its command name",
            row ->
                row.session.connection().peer() == null
                    ? null
                    : Table.known(row.session.connection().peer().comm()))
        .number(
            "socket",
            "inode of the socket",
            row ->
                row.session.connection().connection() == null
                    ? Column.NULL
                    : row.session.connection().connection().socket())
        .number(
            "netns",
            "network namespace of the process",
            row ->
                row.session.connection().netns() == 0
                    ? Column.NULL
                    : row.session.connection().netns())
        .time(
            "opened",
            "when it was opened, UTC; null when before the recording",
            row -> Table.orNull(row.openedNanos()))
        .number(
            "opened_ns",
            "the same in nanoseconds since the Unix epoch",
            row -> Table.orNull(row.openedNanos()))
        .time(
            "closed",
            "when it was closed, UTC; null when that was not seen",
            row -> Table.orNull(row.closedNanos()))
        .number(
            "closed_ns",
            "the same in nanoseconds since the Unix epoch",
            row -> Table.orNull(row.closedNanos()))
        .number("exchange_count", "its rows in `exchanges`", row -> row.session.exchanges())
        .number("incomplete_count", "those that are not complete", row -> row.session.incomplete())
        .number(
            "first_started_ns",
            "when the first of them began, nanoseconds since the Unix epoch",
            row -> Table.orNull(row.session.firstStartedEpochNanos()))
        .number(
            "last_ended_ns",
            "when the last byte of any of them moved, nanoseconds since the Unix epoch",
            row -> Table.orNull(row.session.lastEndedEpochNanos()))
        .text("tls_version", "such as `TLSv1.3`", tls(TlsInfo::version))
        .text("tls_cipher", "cipher suite", tls(TlsInfo::cipher))
        .text("tls_sni", "server name that the client asked for", tls(TlsInfo::sni))
        .text("tls_alpn", "protocol that was agreed on", tls(TlsInfo::alpn));
    addAccount(
        columns,
        "egress",
        row -> row.session.accounting().egress(),
        row -> row.session.coverage().egress());
    addAccount(
        columns,
        "ingress",
        row -> row.session.accounting().ingress(),
        row -> row.session.coverage().ingress());
    columns.names(
        "anomalies",
        "what is odd about the connection as a whole",
        row -> Values.names(row.session.anomalies()));
    return new Table<>(
        "connections",
        "Connections with HTTP: the rows of `analyzer sessions`.",
        columns.list(),
        (capture, wanted, sink) ->
            capture.analyze(
                new OpenCapture.Visitor() {
                  @Override
                  public void session(SessionSummary session) throws IOException {
                    sink.row(new Row(capture.input(), session));
                  }
                }));
  }

  private static void addAccount(
      Table.Columns<Row> columns,
      String direction,
      Function<Row, ByteAccounting.Account> account,
      Function<Row, ByteMap> coverage) {
    columns
        .number(
            direction + "_in_messages_bytes",
            "captured bytes inside messages",
            row -> account.apply(row).inMessages())
        .number(
            direction + "_outside_messages_bytes",
            "captured bytes that belong to none",
            row -> account.apply(row).outsideMessages())
        .number(
            direction + "_lost_bytes",
            "bytes that were not captured",
            row -> account.apply(row).lost())
        .number(
            direction + "_skipped_bytes",
            "how many of these were left out on purpose: by a limit, a rule, or not in memory",
            row -> coverage.apply(row).cutBytes())
        .number(
            direction + "_duplicate_bytes",
            "bytes that were captured more than once",
            row -> account.apply(row).duplicate());
  }

  private static Column.OfText<Row> tls(Function<TlsInfo, @Nullable String> reader) {
    return row -> {
      TlsInfo tls = row.session.connection().tls();
      return tls == null ? null : reader.apply(tls);
    };
  }
}
