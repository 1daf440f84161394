// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.DataRecord;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TlsEvent;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes events to the capture, with what {@code /proc} adds to them, and counts.
 *
 * <p>A process that the recording meets without having seen it start is introduced by an event made
 * from {@code /proc}, under the exact start time that only the kernel knows.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class EventRecorder implements EventSink {
  /** Sets of what is alive are cleared beyond this, which costs repeated introductions only. */
  private static final int MAX_KEPT = 1 << 18;

  /** Processes that need not be looked up, because they were a moment ago. */
  private static final int RECENT = 64;

  private final CaptureFiles files;
  private final Programs programs;
  private final ProcessKeys keys;
  private final Discovery discovery;
  private final Set<ProcessKey> introduced = new HashSet<>();
  private final Set<StreamId> openStreams = new HashSet<>();
  private final @Nullable ProcessKey[] recent = new ProcessKey[RECENT];
  private long events;
  private long payloadBytes;
  private long streams;
  private long lateAttaches;
  private long sequence;
  private boolean discarding;
  private long discardedEvents;
  private long discardedBytes;

  EventRecorder(CaptureFiles files, Programs programs, ProcessKeys keys, Discovery discovery) {
    this.files = files;
    this.programs = programs;
    this.keys = keys;
    this.discovery = discovery;
  }

  long events() {
    return events;
  }

  long payloadBytes() {
    return payloadBytes;
  }

  long streams() {
    return streams;
  }

  /** Returns how many processes and streams are remembered, because they have not ended. */
  int remembered() {
    return introduced.size() + openStreams.size();
  }

  long lateAttaches() {
    return lateAttaches;
  }

  @Override
  public void accept(CaptureEvent event) throws IOException {
    CaptureEvent complete = event;
    if (event instanceof ProcessEvent.Exec exec) {
      complete = programs.completed(exec);
      introduced.add(exec.stamp().process());
      discovery.execSeen(exec.stamp().process());
    } else if (event instanceof ProcessEvent.Fork fork) {
      introduce(fork.stamp().process(), fork.stamp().exitNanos());
    } else if (event instanceof ProcessEvent.Exit exit) {
      discovery.exitSeen(exit.stamp().process());
      introduced.remove(exit.stamp().process());
      recent[slot(exit.stamp().process())] = null;
      keys.forget(exit.stamp().process());
    } else if (event instanceof StreamEvent stream) {
      introduce(event.stamp().process(), event.stamp().exitNanos());
      count(stream);
    } else if (event instanceof SocketEvent.Close close) {
      forget(close.connection());
    } else if (event instanceof TlsEvent.Free free) {
      forget(free.session());
    } else if (event instanceof LossEvent loss) {
      lateAttaches += loss.cause() == LossEvent.Cause.LATE_ATTACH ? 1 : 0;
    } else {
      introduce(event.stamp().process(), event.stamp().exitNanos());
    }
    write(complete);
  }

  @Override
  public void accept(DataRecord data) throws IOException {
    introduce(data.process(), data.exitNanos());
    payloadBytes += data.capturedLength();
    events++;
    if (discarding) {
      discardedEvents++;
      discardedBytes += data.capturedLength();
    } else {
      files.write(data);
    }
  }

  @Override
  public void noteStream(StreamId stream) {
    if (openStreams.add(stream)) {
      streams++;
      if (openStreams.size() > MAX_KEPT) {
        openStreams.clear();
      }
    }
  }

  private void write(CaptureEvent event) throws IOException {
    events++;
    if (discarding) {
      discardedEvents++;
      discardedBytes += event instanceof StreamEvent.Data data ? data.capturedLength() : 0;
    } else {
      files.write(event);
    }
  }

  /** From now on events are counted and not written, because the file takes no more. */
  void discardFromNowOn() {
    discarding = true;
  }

  /**
   * Ends discarding and says in the file what was discarded, as far as the file takes it.
   *
   * @throws IOException when it takes nothing
   */
  void stateDiscarded(long nowNanos) throws IOException {
    discarding = false;
    if (discardedEvents > 0) {
      EventStamp stamp =
          new EventStamp(keys.of(0, 0), 0, 0, nowNanos, EventOrigin.userSpace(sequence++));
      write(
          new LossEvent(
              stamp, LossEvent.Cause.WRITE_FAILED, discardedEvents, discardedBytes, null));
    }
  }

  long discardedEvents() {
    return discardedEvents;
  }

  private void count(StreamEvent event) {
    if (event instanceof StreamEvent.CipherRecord) {
      return; // evidence, not content
    }
    if (event instanceof StreamEvent.Data data) {
      payloadBytes += data.capturedLength();
    }
    noteStream(event.stream());
  }

  private void forget(StreamOwner owner) {
    openStreams.remove(new StreamId(owner, Direction.EGRESS));
    openStreams.remove(new StreamId(owner, Direction.INGRESS));
  }

  private static int slot(ProcessKey process) {
    return process.pid() & (RECENT - 1);
  }

  @SuppressWarnings("ReferenceEquality") // a short cut: there is one object for each process
  private void introduce(ProcessKey process, long exitNanos) throws IOException {
    int slot = slot(process);
    if (process == recent[slot]) {
      return;
    }
    recent[slot] = process;
    if (process.pid() == 0 || process.startNanos() == 0 || !introduced.add(process)) {
      return;
    }
    if (introduced.size() > MAX_KEPT) {
      introduced.clear();
    }
    EventStamp at = new EventStamp(process, 0, 0, exitNanos, EventOrigin.userSpace(sequence));
    ProcessEvent.Exec program = programs.existing(at).orElse(null);
    if (program != null) {
      sequence++;
      write(program);
    }
  }
}
