// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.replayer.plan.PlannedConnection;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.SkipReason;
import dev.tapedeck.replayer.result.FailureReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends the requests of one planned connection, each at max(due, ready).
 *
 * <p>A request is ready when its predecessor was answered or has failed, one that was recorded
 * pipelined when its predecessor was sent, and each when what it depends on elsewhere has been
 * settled. A connection that is gone is opened again for the next request.
 *
 * <p><b>Threads:</b> confined to its event loop.
 */
final class ConnectionRunner extends PlanRunner {
  private final WireFactory wires;
  private int next;
  private int awaited;
  private long readyNanos = Timings.NEVER;
  private boolean waits;
  private @Nullable Wire wire;

  ConnectionRunner(ReplayRun run, LoopRunner loop, WireFactory wires, PlannedConnection plan) {
    super(run, loop, plan);
    this.wires = wires;
  }

  @Override
  void connect() {
    wire = wires.connect(run, this, loop);
  }

  @Override
  void advance() {
    while (next < requests.size()) {
      SkipReason stop = run.stopReason();
      if (stop != null) {
        skipRest(stop);
        break;
      }
      PlannedRequest request = requests.get(next);
      if (awaited > 0 && !request.pipelined()) {
        return;
      }
      long now = run.now();
      if (now < request.dueNanos()) {
        wakeAt(request.dueNanos());
        return;
      }
      long depended = run.readiness().readyNanos(request);
      if (depended == Readiness.PENDING) {
        waitForOthers(request);
        return;
      }
      Wire current = wire;
      if (current == null || !current.isUsable()) {
        if (awaited > 0) {
          return; // the end of the old connection settles what is awaited
        }
        close();
        open();
        return;
      }
      if (!current.isOpen()) {
        return;
      }
      send(current, request, Math.max(readyNanos, depended));
    }
    if (awaited == 0) {
      finish();
    }
  }

  private void send(Wire open, PlannedRequest request, long requestReadyNanos) {
    next++;
    OutgoingRequest outgoing = run.splice(request);
    if (outgoing instanceof OutgoingRequest.Withheld withheld) {
      run.failed(request, withheld.reason());
      return;
    }
    awaited++;
    readyNanos = run.sent(request, requestReadyNanos);
    open.send(request, outgoing);
  }

  private void waitForOthers(PlannedRequest request) {
    if (waits) {
      return;
    }
    waits = true;
    Runnable then =
        () -> {
          waits = false;
          advance();
        };
    if (!afterOthers(request, then)) {
      then.run(); // it was settled in between
    }
  }

  private void skipRest(SkipReason reason) {
    while (next < requests.size()) {
      run.skipped(requests.get(next++), reason);
    }
  }

  @Override
  void close() {
    if (wire != null) {
      wire.close();
      wire = null;
    }
  }

  /** The request that needs the connection first fails. */
  @Override
  public void openFailed(FailureReason reason) {
    wire = null;
    if (next < requests.size()) {
      run.failed(requests.get(next++), reason);
    }
    readyNanos = run.now();
    advance();
  }

  @Override
  public void answered(PlannedRequest request, HttpResponse answer, long nanos) {
    awaited--;
    readyNanos = nanos;
    run.answered(request, answer, nanos);
    advance();
  }

  @Override
  public void conversed(PlannedRequest request, HttpResponse answer, List<StreamMessage> messages) {
    awaited--;
    readyNanos = run.now();
    run.conversed(request, answer, messages);
    advance();
  }

  @Override
  public void failed(PlannedRequest request, FailureReason reason) {
    throw new IllegalStateException("HTTP/1 answers have no streams that fail alone");
  }

  @Override
  public void refused(PlannedRequest request) {
    throw new IllegalStateException("HTTP/1 has no streams that are refused");
  }

  @Override
  public void lost(Wire gone, List<PlannedRequest> unanswered, FailureReason reason) {
    wire = null;
    if (!unanswered.isEmpty()) {
      awaited -= unanswered.size();
      readyNanos = run.now();
      unanswered.forEach(request -> run.failed(request, reason));
      advance();
    }
  }
}
