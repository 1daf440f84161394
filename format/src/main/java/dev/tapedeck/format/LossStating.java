// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;

/**
 * Turns what a reading could not give into {@link LossEvent}s at its place, so that a file made of
 * the rest says so. Everything that the next visitor gets can be written.
 *
 * <ul>
 *   <li>Damage with which events are lost, or may be, and what a copy says of such: one loss of
 *       cause {@link LossEvent.Cause#DAMAGED_INPUT}.
 *   <li>A data event whose payload was damaged: a loss of that cause in its stead, so that its
 *       stream has a gap.
 *   <li>An event that cannot be written, because this version knows it in part only or it breaks a
 *       limit of the format: a loss of an unknown cause in its stead.
 * </ul>
 *
 * <p><b>Lifecycle:</b> a reading, then {@link #end}. <b>Threads:</b> confined to one thread.
 */
final class LossStating implements CaptureVisitor {
  private final CaptureVisitor target;
  private long hostId;
  private long lastNanos;
  private boolean anyEvent;
  private long sequence;
  private boolean waiting;
  private long waitingEvents;
  private long waitingBytes;
  private boolean tailTold;
  private long replacedEvents;
  private long statedLosses;

  /**
   * States losses to {@code target}.
   *
   * @param hostId the host of losses before the first event
   */
  LossStating(CaptureVisitor target, long hostId) {
    this.target = target;
    this.hostId = hostId;
  }

  @Override
  public void event(CaptureEvent event) throws IOException {
    EventStamp stamp = event.stamp();
    hostId = stamp.process().hostId();
    lastNanos = anyEvent ? Math.max(lastNanos, stamp.exitNanos()) : stamp.exitNanos();
    anyEvent = true;
    tailTold = false;
    stateWaiting();
    CaptureEvent writable = writable(event);
    if (writable != event && writable instanceof LossEvent) {
      replacedEvents++;
    }
    target.event(writable);
  }

  /** Returns the event, or what is written in its stead. */
  private static CaptureEvent writable(CaptureEvent event) {
    EventStamp stamp = event.stamp();
    if (event instanceof StreamEvent.Data data && data.payload() == null) {
      return data.capturedLength() > 0
          ? new LossEvent(
              stamp, LossEvent.Cause.DAMAGED_INPUT, 1, data.capturedLength(), data.stream())
          : new StreamEvent.Data(
              stamp,
              data.stream(),
              data.position(),
              data.originalLength(),
              0,
              Bytes.empty(),
              data.call());
    }
    try {
      BlockEncoder.check(event);
      return event;
    } catch (IllegalArgumentException e) {
      EventStamp possible =
          new EventStamp(
              stamp.process(),
              stamp.tid(),
              Math.max(0, stamp.enterNanos()),
              Math.max(0, stamp.exitNanos()),
              stamp.origin());
      return new LossEvent(possible, LossEvent.Cause.UNKNOWN, 1, -1, null);
    }
  }

  @Override
  public void damage(Damage damage) throws IOException {
    target.damage(damage);
    if (damage.lostEvents() == 0) {
      return;
    }
    tailTold |= damage.lostEvents() == Damage.UNKNOWN;
    add(damage.lostEvents(), Damage.UNKNOWN);
  }

  /** States what the copy that is read could not take over; payload is missing from its events. */
  @Override
  public void loss(CopyLoss loss) throws IOException {
    if (loss.kind() != CopyLoss.Kind.PAYLOAD && loss.concernsContent()) {
      tailTold |= loss.events() == Damage.UNKNOWN;
      add(loss.events(), loss.dataBytes());
    }
  }

  private void add(long events, long bytes) throws IOException {
    waitingEvents = waiting ? sum(waitingEvents, events) : events;
    waitingBytes = waiting ? sum(waitingBytes, bytes) : bytes;
    waiting = true;
    if (anyEvent) {
      stateWaiting();
    }
  }

  private static long sum(long one, long other) {
    return one == Damage.UNKNOWN || other == Damage.UNKNOWN ? Damage.UNKNOWN : one + other;
  }

  private void stateWaiting() throws IOException {
    if (waiting) {
      waiting = false;
      state(waitingEvents, waitingBytes);
    }
  }

  private void state(long events, long bytes) throws IOException {
    EventStamp none =
        new EventStamp(
            new ProcessKey(hostId, 0, 0), 0, 0, lastNanos, EventOrigin.userSpace(sequence++));
    statedLosses++;
    target.event(new LossEvent(none, LossEvent.Cause.DAMAGED_INPUT, events, bytes, null));
  }

  @Override
  public void watermark(long monotonicNanos) throws IOException {
    lastNanos = Math.max(lastNanos, monotonicNanos);
    target.watermark(monotonicNanos);
  }

  /**
   * Ends the reading.
   *
   * @param complete whether the file was finished; an unknown number of events may be missing after
   *     the last one of a file that was not
   */
  void end(boolean complete) throws IOException {
    stateWaiting();
    if (!complete && !tailTold) {
      state(Damage.UNKNOWN, Damage.UNKNOWN);
    }
  }

  /** Returns how many events were given as losses. */
  long replacedEvents() {
    return replacedEvents;
  }

  /** Returns how many losses were given besides the events of the file. */
  long statedLosses() {
    return statedLosses;
  }
}
