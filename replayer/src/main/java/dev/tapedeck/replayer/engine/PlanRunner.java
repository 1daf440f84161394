// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.replayer.plan.PlannedConnection;
import dev.tapedeck.replayer.plan.PlannedRequest;
import java.util.List;

/**
 * What sends the requests of one planned connection: it is opened when it is first woken, and
 * closed when all is settled and it is due to be closed.
 *
 * <p><b>Threads:</b> confined to its event loop.
 */
abstract class PlanRunner extends Sleeper implements WireOwner {
  final ReplayRun run;
  final LoopRunner loop;
  final List<PlannedRequest> requests;
  private final PlannedConnection plan;

  /** Who makes one sets its first timer. */
  private boolean timerSet = true;

  /** Whether it was tried to open one. */
  private boolean everOpened;

  /** Whether one was open. */
  private boolean established;

  private boolean ended;

  PlanRunner(ReplayRun run, LoopRunner loop, PlannedConnection plan) {
    this.run = run;
    this.loop = loop;
    this.plan = plan;
    this.requests = plan.requests();
  }

  /** Begins to open a connection. */
  abstract void connect();

  /** Sends what can be sent now and sees to being called again for the rest. */
  abstract void advance();

  /** Closes what is open. */
  abstract void close();

  @Override
  final void wake() {
    timerSet = false;
    if (ended) {
      close();
    } else if (!everOpened && run.stopReason() == null) {
      open();
    } else {
      advance();
    }
  }

  final void wakeAt(long nanos) {
    if (!timerSet) {
      timerSet = true;
      loop.wakeAt(this, nanos);
    }
  }

  final void open() {
    everOpened = true;
    connect();
  }

  @Override
  public final void opened() {
    run.countOpened(established);
    established = true;
    advance();
  }

  /**
   * Calls when the first of those has been settled that a request depends on and that have not; the
   * connection it is on is opened for it.
   *
   * @return whether there is any
   */
  final boolean afterOthers(PlannedRequest request, Runnable then) {
    int pending = run.readiness().firstPending(request);
    if (pending < 0) {
      return false;
    }
    loop.require(run.plan().requests().get(pending).connection());
    run.readiness().whenSettled(pending, () -> loop.execute(then));
    return true;
  }

  /** Everything is settled. */
  final void finish() {
    if (ended) {
      return;
    }
    ended = true;
    if (plan.closeNanos() <= run.now()) {
      close();
    } else if (plan.closeNanos() != Long.MAX_VALUE) {
      wakeAt(plan.closeNanos());
    }
    loop.ended();
  }
}
