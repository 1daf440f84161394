// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.CopyLoss;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.TlsSessionId;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The tables {@code events} and {@code losses}. */
final class EventTables {
  private EventTables() {}

  private record EventRow(CaptureInput input, CaptureEvent event) {
    @Nullable StreamOwner owner() {
      if (event instanceof StreamEvent stream) {
        return stream.stream().owner();
      } else if (event instanceof SocketEvent socket) {
        return socket.connection();
      } else if (event instanceof TlsEvent tls) {
        return tls.session();
      } else if (event instanceof LossEvent loss && loss.stream() != null) {
        return loss.stream().owner();
      }
      return null;
    }
  }

  private record LossRow(
      CaptureInput input,
      String cause,
      long events,
      long bytes,
      @Nullable LossEvent event,
      long offset,
      @Nullable String detail) {
    @Nullable StreamId stream() {
      return event == null ? null : event.stream();
    }
  }

  static Table<?> events() {
    Table.Columns<EventRow> columns = Table.columnsOf();
    columns
        .text("file", "the capture", row -> row.input.file())
        .text("event", "what it is, as `analyzer dump` calls it", row -> EventNames.of(row.event))
        .number(
            "exit_ns",
            "when it was over, nanoseconds on the host's monotonic clock",
            row -> row.event.stamp().exitNanos())
        .number(
            "enter_ns",
            "when the call began, on the same clock",
            row ->
                row.event.stamp().enterNanos() == 0 ? Column.NULL : row.event.stamp().enterNanos())
        .text(
            "host_id",
            "the host",
            row -> Long.toUnsignedString(row.event.stamp().process().hostId()))
        .number("pid", "the process", row -> row.event.stamp().process().pid())
        .number("tid", "its thread", row -> row.event.stamp().tid())
        .number("ring", "ring buffer it came through", row -> row.event.stamp().origin().ring())
        .number("cpu", "processor it was seen on", row -> row.event.stamp().origin().cpu())
        .number("sequence", "its number there", row -> row.event.stamp().origin().sequence());
    addOwner(columns, EventRow::owner);
    columns
        .text(
            "direction",
            "`egress` or `ingress`, of the bytes of a stream",
            row ->
                row.event instanceof StreamEvent stream
                    ? Values.lower(stream.stream().direction())
                    : null)
        .number(
            "position",
            "stream position of the first byte",
            row ->
                row.event instanceof StreamEvent stream ? EventNames.position(stream) : Column.NULL)
        .number(
            "original_bytes",
            "bytes that moved",
            row ->
                row.event instanceof StreamEvent stream ? EventNames.length(stream) : Column.NULL)
        .number(
            "captured_bytes",
            "bytes that were kept",
            row -> row.event instanceof StreamEvent.Data data ? data.capturedLength() : Column.NULL)
        .text(
            "comm",
            "command name of an `exec`",
            row ->
                row.event instanceof ProcessEvent.Exec exec
                    ? Table.known(exec.program().comm())
                    : null)
        .text(
            "exe",
            "executable of an `exec`",
            row ->
                row.event instanceof ProcessEvent.Exec exec
                    ? Table.known(exec.program().exe())
                    : null);
    return new Table<>(
        "events",
        "What the kernel told: the lines of `analyzer dump`, without captured bytes.",
        columns.list(),
        (capture, wanted, sink) ->
            capture.events(event -> sink.row(new EventRow(capture.input(), event))));
  }

  static Table<?> losses() {
    Table.Columns<LossRow> columns = Table.columnsOf();
    columns
        .text("file", "the capture", row -> row.input.file())
        .text(
            "cause",
            "why, as `analyzer info` calls it; `damage` of this file, `copy` of an earlier one",
            LossRow::cause)
        .number("lost_events", "events lost; null when not known", row -> unknown(row.events))
        .number("lost_bytes", "bytes lost; null when not known", row -> unknown(row.bytes))
        .number(
            "exit_ns",
            "when it was noticed, nanoseconds on the host's monotonic clock",
            row -> row.event == null ? Column.NULL : row.event.stamp().exitNanos())
        .number(
            "pid",
            "the process",
            row -> row.event == null ? Column.NULL : row.event.stamp().process().pid());
    addOwner(columns, row -> row.stream() == null ? null : row.stream().owner());
    columns
        .text(
            "direction",
            "`egress` or `ingress`, when it is known what stream lost them",
            row -> row.stream() == null ? null : Values.lower(row.stream().direction()))
        .number("file_offset", "where damage lies in the file", row -> unknown(row.offset))
        .text("detail", "what is damaged", LossRow::detail);
    return new Table<>(
        "losses",
        "What was lost on the way, and why.",
        columns.list(),
        (capture, wanted, sink) ->
            capture.events(
                new CaptureVisitor() {
                  @Override
                  public void event(CaptureEvent event) throws IOException {
                    if (event instanceof LossEvent loss) {
                      sink.row(
                          new LossRow(
                              capture.input(),
                              Values.lower(loss.cause()),
                              loss.events(),
                              loss.lostBytes(),
                              loss,
                              Damage.UNKNOWN,
                              null));
                    }
                  }

                  @Override
                  public void damage(Damage damage) throws IOException {
                    sink.row(
                        new LossRow(
                            capture.input(),
                            "damage",
                            damage.lostEvents(),
                            Damage.UNKNOWN,
                            null,
                            damage.offset(),
                            damage.reason()));
                  }

                  @Override
                  public void loss(CopyLoss loss) throws IOException {
                    sink.row(
                        new LossRow(
                            capture.input(),
                            "copy",
                            loss.events(),
                            loss.dataBytes(),
                            null,
                            loss.offset(),
                            Values.lower(loss.kind())));
                  }
                }));
  }

  private static long unknown(long value) {
    return value < 0 ? Column.NULL : value;
  }

  private static <R> void addOwner(
      Table.Columns<R> columns, Function<R, @Nullable StreamOwner> owner) {
    columns
        .number(
            "socket",
            "inode of the socket",
            row -> owner.apply(row) instanceof ConnectionId id ? id.socket() : Column.NULL)
        .text(
            "tls_pointer",
            "the TLS session object",
            row ->
                owner.apply(row) instanceof TlsSessionId id
                    ? "0x" + Long.toHexString(id.pointer())
                    : null)
        .number(
            "generation",
            "how often the socket's or object's number had been used before",
            row -> {
              StreamOwner known = owner.apply(row);
              if (known instanceof ConnectionId id) {
                return id.generation();
              }
              return known instanceof TlsSessionId id ? id.generation() : Column.NULL;
            });
  }
}
