// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.replayer.plan.PlannedConnection;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop, woken when something of theirs is due.
 *
 * <p>The loop waits until shortly before the next due time and spins for the rest: waiting alone
 * ends tens of microseconds late.
 *
 * <p><b>Threads:</b> confined to its event loop.
 */
final class LoopRunner {
  /** How long before a due time the waiting ends. */
  private static final long SPIN_NANOS = TimeUnit.MICROSECONDS.toNanos(80);

  /** How often connections are searched for silence. */
  private static final long SURVEY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** After a stop, answers on their way may be silent for so long. */
  private static final long STOP_SILENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** After a stop, answers on their way have so long, however steadily they trickle in. */
  private static final long STOP_GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** So many wake-ups, then the sockets have their turn. */
  private static final int MAX_WAKE_UPS = 64;

  private final ReplayRun run;
  private final EventLoop loop;
  private final WireFactory wires;
  private final ConnectionSource waiting;
  private final PriorityQueue<Sleeper> timers =
      new PriorityQueue<>(Comparator.comparingLong(Sleeper::wakeNanos));
  private final Set<Wire> open = new LinkedHashSet<>();
  private @Nullable ScheduledFuture<?> armed;
  private @Nullable ScheduledFuture<?> nextSurvey;
  private long armedFor = Long.MAX_VALUE;
  private boolean ticking;
  private int extra;
  private long graceEndNanos = Long.MAX_VALUE;

  LoopRunner(ReplayRun run, EventLoop loop, WireFactory wires, ConnectionSource waiting) {
    this.run = run;
    this.loop = loop;
    this.wires = wires;
    this.waiting = waiting;
  }

  EventLoop loop() {
    return loop;
  }

  /**
   * Starts with so many connections, and then one more whenever one has ended.
   *
   * @param stepNanos how long after one of them the next one begins, at the soonest
   */
  void start(int connections, long stepNanos) {
    guarded(
        () -> {
          TimerSlack.minimise();
          for (int i = 0; i < connections; i++) {
            startNext(i * stepNanos);
          }
          arm();
          survey();
        });
  }

  private void startNext(long earliestNanos) {
    PlannedConnection next = waiting.poll();
    if (next != null) {
      begin(next, earliestNanos);
    }
  }

  private void begin(PlannedConnection connection, long earliestNanos) {
    Sleeper runner =
        connection.multiplexed()
            ? new StreamsRunner(run, this, wires, connection)
            : new ConnectionRunner(run, this, wires, connection);
    wakeAt(runner, Math.max(connection.openNanos(), earliestNanos));
  }

  /**
   * Begins that connection now when it has not begun, beyond the number of those that may be open:
   * one of these waits for an answer on it, so that none would ever end.
   */
  void require(int connection) {
    PlannedConnection needed = waiting.take(connection);
    if (needed != null) {
      extra++;
      begin(needed, Long.MIN_VALUE);
    }
  }

  /** Runs the action on this loop's thread, soon. */
  void execute(Runnable action) {
    loop.execute(() -> guarded(action));
  }

  /** Wakes the connection at that time; it has no other wake-up time. */
  void wakeAt(Sleeper runner, long nanos) {
    runner.wakeNanos(nanos);
    timers.add(runner);
    if (!ticking) {
      arm();
    }
  }

  /** A connection has sent all it had and has been answered. */
  void ended() {
    if (extra > 0) {
      extra--;
    } else {
      startNext(Long.MIN_VALUE);
    }
  }

  void opened(Wire wire) {
    open.add(wire);
  }

  void closed(Wire wire) {
    open.remove(wire);
  }

  /** Closes what is still open and sets no more timers. */
  void closeAll() {
    if (nextSurvey != null) {
      nextSurvey.cancel(false);
    }
    List<Wire> wiresNow = new ArrayList<>(open);
    wiresNow.forEach(Wire::close);
  }

  /** Runs the action on this loop's thread at that time. */
  void executeAt(long nanos, Runnable action) {
    wakeAt(
        new Sleeper() {
          @Override
          void wake() {
            action.run();
          }
        },
        nanos);
  }

  private void arm() {
    Sleeper first = timers.peek();
    if (first == null || first.wakeNanos() >= armedFor) {
      return;
    }
    if (armed != null) {
      armed.cancel(false);
    }
    armedFor = first.wakeNanos();
    long wait = Math.max(0, armedFor - SPIN_NANOS - run.now());
    armed = loop.schedule(() -> guarded(this::tick), wait, TimeUnit.NANOSECONDS);
  }

  private void tick() {
    armed = null;
    armedFor = Long.MAX_VALUE;
    ticking = true;
    for (int count = 0; count < MAX_WAKE_UPS; count++) {
      Sleeper first = timers.peek();
      if (first == null || first.wakeNanos() - run.now() > SPIN_NANOS) {
        break;
      }
      while (run.now() < first.wakeNanos()) {
        Thread.onSpinWait();
      }
      timers.poll();
      first.wake();
    }
    ticking = false;
    arm();
  }

  private void survey() {
    long now = run.now();
    long patience = run.options().answerTimeout().toNanos();
    if (run.stopReason() != null) {
      graceEndNanos = Math.min(graceEndNanos, now + STOP_GRACE_NANOS);
      patience = now >= graceEndNanos ? -1 : Math.min(patience, STOP_SILENCE_NANOS);
      skipWaiting();
    }
    Iterator<Wire> wiresNow = new ArrayList<>(open).iterator();
    while (wiresNow.hasNext()) {
      wiresNow.next().failIfSilent(now, patience);
    }
    nextSurvey = loop.schedule(() -> guarded(this::survey), SURVEY_NANOS, TimeUnit.NANOSECONDS);
  }

  /** Wakes everything, so that it sees that the replay was stopped. */
  private void skipWaiting() {
    List<Sleeper> all = new ArrayList<>(timers);
    timers.clear();
    all.forEach(Sleeper::wake);
  }

  private void guarded(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      run.crash(e);
    }
  }
}
