// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The values of a {@link StreamEvent.Data}, to be filled again for each event: a recorder writes
 * millions of them, and none needs objects of its own.
 *
 * <p><b>Lifecycle:</b> {@link #stamp}, {@link #origin}, {@link #call} and {@link #bytes}, in any
 * order, then {@link CaptureWriter#write(DataRecord)}; each value stays until it is set again.
 *
 * <p><b>Units:</b> as in {@link EventStamp}, {@link EventOrigin}, {@link CallRef} and {@link
 * StreamEvent.Data}.
 *
 * <p><b>Threads:</b> confined to one thread. <b>Ownership:</b> the memory given to {@link #bytes}
 * is read until {@code write} returns, and not kept.
 */
public final class DataRecord {
  private static final ByteBuffer NO_MEMORY = ByteBuffer.allocate(0);

  private ProcessKey process = new ProcessKey(0, 0, 0);
  private int tid;
  private long enterNanos;
  private long exitNanos;
  private int ring;
  private int cpu;
  private long sequence;
  private CallKind kind = CallKind.UNKNOWN;
  private long callId;
  private int partIndex;
  private long requestedLength;
  private long returnedLength;
  private @Nullable StreamHandle stream;
  private @Nullable StreamId streamId;
  private long position;
  private long originalLength;
  private int capturedLength;
  private ByteBuffer memory = NO_MEMORY;
  private int offset;
  private @Nullable Bytes payload;

  /** Makes a record without values. */
  public DataRecord() {}

  /** Sets who and when. */
  public void stamp(ProcessKey process, int tid, long enterNanos, long exitNanos) {
    this.process = process;
    this.tid = tid;
    this.enterNanos = enterNanos;
    this.exitNanos = exitNanos;
  }

  /** Sets where the recorder took it from. */
  public void origin(int ring, int cpu, long sequence) {
    this.ring = ring;
    this.cpu = cpu;
    this.sequence = sequence;
  }

  /** Sets the call. */
  public void call(
      CallKind kind, long id, int partIndex, long requestedLength, long returnedLength) {
    this.kind = kind;
    this.callId = id;
    this.partIndex = partIndex;
    this.requestedLength = requestedLength;
    this.returnedLength = returnedLength;
  }

  /**
   * Sets the bytes.
   *
   * @param position of the first byte in the stream
   * @param originalLength bytes this part of the call moved
   * @param memory holds the captured ones at {@code offset}, whatever its position and limit
   * @param capturedLength how many
   * @throws IllegalArgumentException when a number is negative, more is captured than there was, or
   *     the memory is too small
   */
  public void bytes(
      StreamHandle stream,
      long position,
      long originalLength,
      ByteBuffer memory,
      int offset,
      int capturedLength) {
    if (position < 0
        || capturedLength < 0
        || originalLength < capturedLength
        || offset < 0
        || memory.limit() - offset < capturedLength) {
      throw new IllegalArgumentException(
          "position="
              + position
              + " originalLength="
              + originalLength
              + " capturedLength="
              + capturedLength
              + " offset="
              + offset
              + " limit="
              + memory.limit());
    }
    this.stream = stream;
    this.streamId = stream.id();
    this.position = position;
    this.originalLength = originalLength;
    this.memory = memory;
    this.offset = offset;
    this.capturedLength = capturedLength;
    this.payload = null;
  }

  /** Takes all values from an event, which has its payload. */
  void set(StreamEvent.Data event) {
    EventStamp stamp = event.stamp();
    stamp(stamp.process(), stamp.tid(), stamp.enterNanos(), stamp.exitNanos());
    origin(stamp.origin().ring(), stamp.origin().cpu(), stamp.origin().sequence());
    CallRef ref = event.call();
    call(ref.kind(), ref.id(), ref.partIndex(), ref.requestedLength(), ref.returnedLength());
    stream = null;
    streamId = event.stream();
    position = event.position();
    originalLength = event.originalLength();
    capturedLength = event.capturedLength();
    memory = NO_MEMORY;
    payload = event.payload();
  }

  /** Returns the same as an event, with a copy of the bytes. */
  public StreamEvent.Data toEvent() {
    byte[] copy = new byte[capturedLength];
    copyPayloadTo(copy, 0);
    return new StreamEvent.Data(
        new EventStamp(process, tid, enterNanos, exitNanos, new EventOrigin(ring, cpu, sequence)),
        stream(),
        position,
        originalLength,
        capturedLength,
        Bytes.wrap(copy, 0, copy.length),
        new CallRef(kind, callId, partIndex, requestedLength, returnedLength));
  }

  void copyPayloadTo(byte[] target, int at) {
    Bytes bytes = payload;
    if (bytes == null) {
      memory.get(offset, target, at, capturedLength);
    } else {
      bytes.copyTo(0, target, at, capturedLength);
    }
  }

  /** Returns the process. */
  public ProcessKey process() {
    return process;
  }

  /** Returns when the call returned. */
  public long exitNanos() {
    return exitNanos;
  }

  /**
   * Returns the stream.
   *
   * @throws IllegalStateException before {@link #bytes} was called
   */
  public StreamId stream() {
    StreamId id = streamId;
    if (id == null) {
      throw new IllegalStateException("stream=null");
    }
    return id;
  }

  /** Returns how many bytes the capture will hold of it. */
  public int capturedLength() {
    return capturedLength;
  }

  /** Returns the handle of the stream; null when it was named by its id. */
  @Nullable StreamHandle handle() {
    return stream;
  }

  int tid() {
    return tid;
  }

  long enterNanos() {
    return enterNanos;
  }

  int ring() {
    return ring;
  }

  int cpu() {
    return cpu;
  }

  long sequence() {
    return sequence;
  }

  CallKind kind() {
    return kind;
  }

  long callId() {
    return callId;
  }

  int partIndex() {
    return partIndex;
  }

  long requestedLength() {
    return requestedLength;
  }

  long returnedLength() {
    return returnedLength;
  }

  long position() {
    return position;
  }

  long originalLength() {
    return originalLength;
  }
}
