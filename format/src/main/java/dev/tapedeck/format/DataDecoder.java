// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.ColumnCursor;
import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.TableReader;

/**
 * Takes data events, the bulk of a capture, from their table; with its columns at hand.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class DataDecoder {
  private final StreamsContent streams;
  private final ColumnCursor streamColumn;
  private final ColumnCursor positionColumn;
  private final ColumnCursor capturedColumn;
  private final ColumnCursor cutColumn;
  private final ColumnCursor callKindColumn;
  private final ColumnCursor callIdColumn;
  private final ColumnCursor partColumn;
  private final ColumnCursor requestedColumn;
  private final ColumnCursor returnedColumn;
  private long lastCallId;

  DataDecoder(TableReader table, StreamsContent streams) {
    this.streams = streams;
    streamColumn = table.column(2);
    positionColumn = table.column(3);
    capturedColumn = table.column(4);
    cutColumn = table.column(5);
    callKindColumn = table.column(6);
    callIdColumn = table.column(7);
    partColumn = table.column(8);
    requestedColumn = table.column(9);
    returnedColumn = table.column(10);
  }

  /** Fills in what is particular to the next data event. */
  void fill(DataRow row) throws MalformedPlaneException {
    int stream = streams.next(streamColumn);
    long delta = positionColumn.signed();
    int captured = capturedColumn.index(Integer.MAX_VALUE);
    long original = captured + cutColumn.unsigned();
    row.kind = CallKind.ofNumber((int) callKindColumn.unsigned());
    lastCallId += callIdColumn.signed();
    row.callId = lastCallId;
    row.partIndex = (int) partColumn.unsigned();
    row.requestedLength = requestedColumn.unsigned();
    row.returnedLength = original + returnedColumn.signed();
    row.stream = stream;
    row.originalLength = original;
    row.capturedLength = captured;
    row.position = streams.nextPosition(stream, delta, original);
    row.payloadOffset = streams.nextPayload(stream, captured);
    row.check();
  }
}
