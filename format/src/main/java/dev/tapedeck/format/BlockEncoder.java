// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.ColumnWriter;
import dev.tapedeck.format.internal.PlaneBuffer;
import dev.tapedeck.format.internal.TableWriter;
import java.util.List;

/**
 * Collects the events of one block and writes its two planes, not yet compressed.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class BlockEncoder {
  /** Events that a block holds at most. */
  static final int MAX_EVENTS = 1 << 18;

  /** Captured bytes that one event holds at most. */
  static final int MAX_EVENT_BYTES = 8 << 20;

  /** Bytes of texts that one event holds at most. */
  static final int MAX_EVENT_TEXT_BYTES = 1 << 20;

  /** Bytes of a TLS record that an event holds at most. */
  static final int MAX_PREFIX_BYTES = 256;

  /** Arguments of programs that a block holds at most. */
  static final int MAX_ARGUMENTS = 1 << 20;

  /** Field of {@code Capture} that a metadata plane is. */
  static final int BLOCK_FIELD = 1;

  static final int EVENTS_FIELD = 10;
  static final int EVENTS_LAST = 7;

  /** The columns are measured once in this many events, and guessed between. */
  private static final int MEASURE_EVERY = 64;

  private static final int GUESSED_EVENT_BYTES = 24;

  private final BlockTables tables = new BlockTables();
  private final BlockStreams streams = new BlockStreams(tables);
  private final EventEncoder kinds = new EventEncoder(tables, streams);
  private final TableWriter events = new TableWriter(EVENTS_LAST);
  private final ColumnWriter kindColumn = events.column(2);
  private final ColumnWriter threadColumn = events.column(3);
  private final ColumnWriter exitColumn = events.column(4);
  private final ColumnWriter enterColumn = events.column(5);
  private final ColumnWriter originColumn = events.column(6);
  private final ColumnWriter sequenceColumn = events.column(7);
  private final DataRecord shared = new DataRecord();
  private final int[] known = EventKinds.known();
  private int measuredEvents;
  private int measuredBytes;
  private long firstNanos;
  private long lastNanos;
  private long openedNanos;
  private long previousNanos;
  private long lostEvents;
  private long lostBytes;
  private int argumentCount;

  /** Returns true when the event, which is no data event, may be added within the limits. */
  boolean hasRoomFor(CaptureEvent event) {
    return events.rows() == 0
        || !(event instanceof ProcessEvent.Exec exec)
        || argumentCount + exec.program().arguments().size() <= MAX_ARGUMENTS;
  }

  /** Returns true when a data event may be added within the limits. */
  boolean hasRoomFor(DataRecord data) {
    return events.rows() == 0 || streams.dataBytes() + data.capturedLength() <= MAX_EVENT_BYTES;
  }

  /** Adds an event. */
  void add(CaptureEvent event) {
    if (event instanceof StreamEvent.Data data) {
      shared.set(data);
      add(shared);
      return;
    }
    int kind = kinds.add(event);
    EventStamp stamp = event.stamp();
    EventOrigin origin = stamp.origin();
    addRow(kind, stamp.enterNanos(), stamp.exitNanos());
    addSource(stamp.process(), stamp.tid(), origin.ring(), origin.cpu(), origin.sequence());
    if (event instanceof LossEvent loss) {
      lostEvents += Math.max(0, loss.events());
      lostBytes += Math.max(0, loss.lostBytes());
    } else if (event instanceof ProcessEvent.Exec exec) {
      argumentCount += exec.program().arguments().size();
    }
  }

  /** Adds a data event. */
  void add(DataRecord data) {
    kinds.addData(data);
    addRow(EventKinds.DATA, data.enterNanos(), data.exitNanos());
    addSource(data.process(), data.tid(), data.ring(), data.cpu(), data.sequence());
  }

  private void addRow(int kind, long enter, long exit) {
    if (events.addRow() == 0) {
      firstNanos = exit;
      lastNanos = exit;
      openedNanos = exit;
    } else {
      firstNanos = Math.min(firstNanos, exit);
      lastNanos = Math.max(lastNanos, exit);
    }
    kindColumn.unsigned(kind);
    exitColumn.signed(exit - previousNanos);
    enterColumn.unsigned(enter == 0 ? 0 : zigzag(exit - enter) + 1);
    previousNanos = exit;
  }

  private void addSource(ProcessKey process, int tid, int ring, int cpu, long sequence) {
    int origin = tables.origin(ring, cpu, sequence);
    threadColumn.unsigned(tables.thread(process, tid));
    originColumn.unsigned(origin);
    sequenceColumn.signed(tables.sequenceDelta(origin, sequence));
  }

  private static long zigzag(long value) {
    return value << 1 ^ value >> 63;
  }

  /**
   * Rejects an event that the format cannot hold.
   *
   * @throws IllegalArgumentException when it is too large, has no payload, a negative time, or the
   *     number of a known kind in an unknown event
   */
  static void check(CaptureEvent event) {
    checkTimes(event.stamp().enterNanos(), event.stamp().exitNanos());
    if (event instanceof StreamEvent.Data data) {
      if (data.payload() == null) {
        throw new IllegalArgumentException("payload=null");
      }
      checkCaptured(data.capturedLength());
    } else if (event instanceof UnknownEvent unknown) {
      if (unknown.kind() < 1 || EventKinds.isKnown(unknown.kind())) {
        throw new IllegalArgumentException("kind=" + unknown.kind());
      }
    } else if (event instanceof StreamEvent.CipherRecord cipher
        && cipher.prefix().length() > MAX_PREFIX_BYTES) {
      throw new IllegalArgumentException("prefixLength=" + cipher.prefix().length());
    } else if (textLength(event) > MAX_EVENT_TEXT_BYTES) {
      throw new IllegalArgumentException("textLength=" + textLength(event));
    }
  }

  /**
   * Rejects a data event that the format cannot hold.
   *
   * @throws IllegalArgumentException when it is too large or has a negative time
   */
  static void check(DataRecord data) {
    checkTimes(data.enterNanos(), data.exitNanos());
    checkCaptured(data.capturedLength());
  }

  private static void checkTimes(long enterNanos, long exitNanos) {
    if (exitNanos < 0 || enterNanos < 0) {
      throw new IllegalArgumentException("enterNanos=" + enterNanos + " exitNanos=" + exitNanos);
    }
  }

  private static void checkCaptured(int capturedLength) {
    if (capturedLength > MAX_EVENT_BYTES) {
      throw new IllegalArgumentException("capturedLength=" + capturedLength);
    }
  }

  /** Returns a bound of the UTF-8 bytes that an event may add to the texts. */
  private static long textLength(CaptureEvent event) {
    List<String> texts;
    long other = 0;
    if (event instanceof ProcessEvent.Exec exec) {
      ProcessEvent.ProgramInfo program = exec.program();
      texts = List.of(program.comm(), program.exe(), program.cgroup());
      for (String argument : program.arguments()) {
        other += 3L * argument.length() + 3;
      }
    } else if (event instanceof TlsEvent.Handshake handshake) {
      texts =
          List.of(
              handshake.version(), handshake.cipher(), handshake.serverName(), handshake.alpn());
    } else if (event instanceof LibraryEvent library) {
      texts = List.of(library.path(), library.buildId(), library.family(), library.version());
    } else if (event instanceof SocketEvent.Connect connect) {
      texts = addresses(connect.flow());
    } else if (event instanceof SocketEvent.Accept accept) {
      texts = addresses(accept.flow());
    } else if (event instanceof SocketEvent.Existing existing) {
      texts = addresses(existing.flow());
    } else {
      return 0;
    }
    for (String text : texts) {
      other += 3L * text.length();
    }
    return other;
  }

  private static List<String> addresses(FlowKey flow) {
    return List.of(flow.local().address(), flow.remote().address());
  }

  int eventCount() {
    return events.rows();
  }

  int dataBytes() {
    return streams.dataBytes();
  }

  /** Returns the exit time of the first event that was added. */
  long openedNanos() {
    return openedNanos;
  }

  long firstNanos() {
    return firstNanos;
  }

  long lastNanos() {
    return lastNanos;
  }

  long lostEvents() {
    return lostEvents;
  }

  long lostBytes() {
    return lostBytes;
  }

  /** Returns about how many bytes the block's planes take before compression. */
  int roughBytes() {
    int since = events.rows() - measuredEvents;
    if (since >= MEASURE_EVERY) {
      measuredEvents = events.rows();
      measuredBytes = tables.roughBytes() + events.columnBytes();
      for (int kind : known) {
        measuredBytes += kinds.table(kind).columnBytes();
      }
      since = 0;
    }
    return measuredBytes + since * GUESSED_EVENT_BYTES + tables.textBytes() + streams.dataBytes();
  }

  /** Writes the metadata plane. */
  void writeMetadataTo(PlaneBuffer target) {
    streams.finish();
    int size = tables.sizeBytes() + streams.sizeBytes() + events.sizeAsField(EVENTS_FIELD);
    for (int kind : known) {
      size += kinds.table(kind).sizeAsField(EventKinds.FIELD_BASE + kind);
    }
    target.reserve(PlaneBuffer.sizeOfField(BLOCK_FIELD, size));
    target.lengthField(BLOCK_FIELD, size);
    tables.writeTo(target);
    streams.writeTo(target);
    events.writeTo(target, EVENTS_FIELD);
    for (int kind : known) {
      kinds.table(kind).writeTo(target, EventKinds.FIELD_BASE + kind);
    }
  }

  /** Writes the payload plane; nothing when no event has bytes. */
  void writePayloadTo(PlaneBuffer target) {
    streams.writePayloadTo(target);
  }

  /** Forgets everything. */
  void clear() {
    tables.clear();
    streams.clear();
    kinds.clear();
    events.clear();
    measuredEvents = 0;
    measuredBytes = 0;
    previousNanos = 0;
    lostEvents = 0;
    lostBytes = 0;
    argumentCount = 0;
  }
}
