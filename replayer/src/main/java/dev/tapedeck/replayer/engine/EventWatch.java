// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.plan.PlannedRequest;
import org.jspecify.annotations.Nullable;

/**
 * Says when an event stream has been listened to for long enough, since many never end.
 *
 * <pre>
 * recorded stream  listening ends
 * never ended      when as many events have come and the recorded time is over
 * any              after the longest recorded silence and the patience, and after the recorded time
 *                  and the patience: in failure, unless the recorded stream never ended
 * </pre>
 *
 * <p><b>Threads:</b> confined to one.
 */
final class EventWatch {
  private final int expected;
  private final boolean endsItself;
  private final long endNanos;
  private final long longestNanos;
  private final long quietNanos;
  private final EventCount count = new EventCount();

  private EventWatch(
      int expected, boolean endsItself, long endNanos, long longestNanos, long quietNanos) {
    this.expected = expected;
    this.endsItself = endsItself;
    this.endNanos = endNanos;
    this.longestNanos = longestNanos;
    this.quietNanos = quietNanos;
  }

  /** Returns the watch over the answer to a request sent at that time; null when it needs none. */
  static @Nullable EventWatch of(PlannedRequest request, long sentNanos, double timeScale) {
    Exchange recorded = request.exchange().exchange();
    HttpResponse response = recorded.response();
    if (response == null || !request.listens()) {
      return null;
    }
    int events = 0;
    long quiet = 0;
    long moved = recorded.startedEpochNanos();
    for (StreamMessage message : recorded.messages()) {
      events += message.completeness() == Completeness.COMPLETE ? 1 : 0;
      quiet = Math.max(quiet, message.span().firstEpochNanos() - moved);
      moved = Math.max(moved, message.span().lastEpochNanos());
    }
    long lasted = recorded.endedEpochNanos() - recorded.startedEpochNanos();
    return new EventWatch(
        events,
        response.completeness() == Completeness.COMPLETE,
        sentNanos + Math.round(lasted * timeScale),
        // What comes by the target's own clock comes no sooner at a faster pace.
        sentNanos + Math.round(lasted * Math.max(1, timeScale)),
        Math.round(quiet * Math.max(1, timeScale)));
  }

  /** Takes the body as far as it has come. */
  void take(ByteRope body) {
    count.take(body);
  }

  /** Takes the next bytes of the body. */
  void take(Bytes bytes) {
    count.take(bytes);
  }

  /** What to do about a stream that has not ended. */
  enum Verdict {
    GO_ON,
    /** What has come is the answer. */
    CUT,
    GIVE_UP
  }

  /** Returns whether all that was heard in the recording has been heard. */
  boolean isHeard(long now) {
    return hasAll() && now >= endNanos;
  }

  /** Returns whether as many events have come as did before listening ended in the recording. */
  boolean hasAll() {
    return !endsItself && count.events() >= expected;
  }

  /**
   * Judges a stream that has not ended.
   *
   * @param movedNanos when something came last
   * @param patienceNanos how long a silence may be beyond the longest recorded one
   */
  Verdict judge(long now, long movedNanos, long patienceNanos) {
    if (isHeard(now)) {
      return Verdict.CUT;
    }
    if (now - movedNanos <= patienceNanos + quietNanos && now - longestNanos <= patienceNanos) {
      return Verdict.GO_ON;
    }
    boolean mayBeCut = !endsItself && count.events() > 0 && patienceNanos >= 0;
    return mayBeCut ? Verdict.CUT : Verdict.GIVE_UP;
  }
}
