// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.MalformedPlaneException;
import org.jspecify.annotations.Nullable;

/**
 * The values of a {@link StreamEvent.Data} as they stand in a block, filled again for each event: a
 * capture has millions of them, and most readers need few of their values and no objects.
 *
 * <p><b>Units:</b> as in {@link EventStamp}, {@link CallRef} and {@link StreamEvent.Data}.
 *
 * <p><b>Threads:</b> confined to the thread that decodes the block. <b>Ownership:</b> the reader's;
 * the values hold until {@link CaptureVisitor#data} returns. What the methods return may be kept.
 */
public final class DataRow {
  private final BlockContent content;
  private final StreamsContent streams;

  /** By the stream's number in the block: what the visitor keeps of it; null before the first. */
  private @Nullable Object @Nullable [] attached;

  int thread;
  long enterNanos;
  long exitNanos;
  int origin;
  long sequence;
  int stream;
  long position;
  long originalLength;
  int capturedLength;
  int payloadOffset;
  CallKind kind = CallKind.UNKNOWN;
  long callId;
  int partIndex;
  long requestedLength;
  long returnedLength;

  DataRow(BlockContent content, StreamsContent streams) {
    this.content = content;
    this.streams = streams;
  }

  /** Checks what {@link StreamEvent.Data} does. */
  void check() throws MalformedPlaneException {
    if (position < 0 || originalLength < capturedLength) {
      throw new MalformedPlaneException("an event holds a value out of range");
    }
  }

  /** Returns the process. */
  public ProcessKey process() {
    return content.threadProcess(thread);
  }

  /** Returns the earliest time known for the event: entry, or exit where there is no entry. */
  public long startNanos() {
    return enterNanos == 0 ? exitNanos : enterNanos;
  }

  /** Returns when the call returned. */
  public long exitNanos() {
    return exitNanos;
  }

  /** Returns the stream. */
  public StreamId stream() {
    return streams.id(stream);
  }

  /** Returns the position of the first byte. */
  public long position() {
    return position;
  }

  /** Returns how many bytes this part of the call moved. */
  public long originalLength() {
    return originalLength;
  }

  /** Returns how many of these the capture holds. */
  public int capturedLength() {
    return capturedLength;
  }

  /** Returns which part of the call it is, from 0 on. */
  public int partIndex() {
    return partIndex;
  }

  /** Returns how many bytes the call moved in all its parts. */
  public long returnedLength() {
    return returnedLength;
  }

  /**
   * Returns the payload plane of the block; null when only metadata was read, or the plane is
   * damaged. The event's bytes are those from {@link #payloadOffset} on.
   */
  public @Nullable Bytes plane() {
    return streams.plane();
  }

  /** Returns where in the plane the event's bytes begin. */
  public int payloadOffset() {
    return payloadOffset;
  }

  /** Returns the captured bytes as a view of the plane; null when {@link #plane} is. */
  public @Nullable Bytes payload() {
    Bytes plane = streams.plane();
    return plane == null ? null : plane.slice(payloadOffset, payloadOffset + capturedLength);
  }

  /** Returns what the visitor attached to the event's stream in this block; null for nothing. */
  public @Nullable Object attached() {
    Object[] all = attached;
    return all == null ? null : all[stream];
  }

  /**
   * Attaches something to the event's stream for the rest of the block, so that a visitor needs to
   * look for what it knows of a stream once a block.
   */
  public void attach(Object what) {
    @Nullable Object[] all = attached;
    if (all == null) {
      all = new Object[streams.count()];
      attached = all;
    }
    all[stream] = what;
  }

  /** Returns the same as an event. */
  public StreamEvent.Data toEvent() {
    return new StreamEvent.Data(
        new EventStamp(
            process(),
            content.threadTid(thread),
            enterNanos,
            exitNanos,
            content.origin(origin, sequence)),
        stream(),
        position,
        originalLength,
        capturedLength,
        payload(),
        new CallRef(kind, callId, partIndex, requestedLength, returnedLength));
  }
}
