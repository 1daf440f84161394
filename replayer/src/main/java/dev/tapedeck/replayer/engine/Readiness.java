// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.ReplayPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Knows of each request that others depend on whether it has been settled, and when.
 *
 * <p>A request that failed or was not sent settles too: what depended on it waits no longer.
 *
 * <p><b>Units:</b> nanoseconds from the replay's origin. <b>Threads:</b> any.
 */
final class Readiness {
  /** Something that the request depends on has not been settled. */
  static final long PENDING = Long.MAX_VALUE;

  private final Map<Integer, Gate> gates = new HashMap<>();

  Readiness(ReplayPlan plan) {
    for (PlannedRequest request : plan.requests()) {
      for (Integer number : request.dependsOn()) {
        gates.computeIfAbsent(number, unused -> new Gate());
      }
    }
  }

  /**
   * Returns when the last of what the request depends on was settled; {@link Timings#NEVER} when it
   * depends on nothing, {@link #PENDING} when some of it is not settled.
   */
  long readyNanos(PlannedRequest request) {
    long ready = Timings.NEVER;
    for (Integer number : request.dependsOn()) {
      ready = Math.max(ready, gate(number).settledNanos());
    }
    return ready;
  }

  /** Returns the first request that is not settled and that this one depends on; −1 for none. */
  int firstPending(PlannedRequest request) {
    for (Integer number : request.dependsOn()) {
      if (gate(number).settledNanos() == PENDING) {
        return number;
      }
    }
    return -1;
  }

  /** Runs the action once that request has been settled, on the thread that settles it, or now. */
  void whenSettled(int number, Runnable action) {
    gate(number).whenSettled(action);
  }

  /** A request has been answered, has failed, or is not going to be sent. */
  void settled(int number, long nanos) {
    Gate gate = gates.get(number);
    if (gate != null) {
      gate.settle(nanos);
    }
  }

  private Gate gate(int number) {
    Gate gate = gates.get(number);
    if (gate == null) {
      throw new IllegalArgumentException("number=" + number);
    }
    return gate;
  }

  private static final class Gate {
    // Both guarded by this.
    private long settledNanos = PENDING;
    private List<Runnable> waiting = new ArrayList<>();

    synchronized long settledNanos() {
      return settledNanos;
    }

    void whenSettled(Runnable action) {
      synchronized (this) {
        if (settledNanos == PENDING) {
          waiting.add(action);
          return;
        }
      }
      action.run();
    }

    void settle(long nanos) {
      List<Runnable> actions;
      synchronized (this) {
        if (settledNanos != PENDING) {
          return; // a conversation may be of no more interest before its end
        }
        settledNanos = nanos;
        actions = waiting;
        waiting = List.of();
      }
      actions.forEach(Runnable::run);
    }
  }
}
