// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.replayer.plan.PlannedConnection;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.SkipReason;
import dev.tapedeck.replayer.result.FailureReason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends the requests of one planned HTTP/2 connection, each at max(due, ready), on streams that do
 * not wait for each other: what one waits for is what the plan says.
 *
 * <p>A connection that takes no more streams is left to finish those it has, and another one is
 * opened for the rest.
 *
 * <p><b>Threads:</b> confined to its event loop.
 */
final class StreamsRunner extends PlanRunner {
  private final WireFactory wires;

  /** Due, but not sent. */
  private final List<PlannedRequest> due = new ArrayList<>();

  /** Numbers of those among them that are going to be looked at when others have been settled. */
  private final Set<Integer> waits = new HashSet<>();

  /** Numbers of those that the target refused to look at. */
  private final Set<Integer> refused = new HashSet<>();

  private final List<Wire> retired = new ArrayList<>();
  private @Nullable Wire wire;
  private int next;
  private int awaited;
  private boolean advancing;

  StreamsRunner(ReplayRun run, LoopRunner loop, WireFactory wires, PlannedConnection plan) {
    super(run, loop, plan);
    this.wires = wires;
  }

  @Override
  void connect() {
    wire = wires.connectStreams(run, this, loop);
  }

  @Override
  void advance() {
    if (advancing) {
      return; // what is settled by sending is looked at by the loop that sends
    }
    advancing = true;
    boolean again = true;
    while (again) {
      again = false;
      SkipReason stop = run.stopReason();
      if (stop != null) {
        skipRest(stop);
        break;
      }
      collectDue();
      Iterator<PlannedRequest> all = List.copyOf(due).iterator();
      while (all.hasNext()) {
        again |= tryToSend(all.next());
      }
    }
    advancing = false;
    if (next == requests.size() && due.isEmpty() && awaited == 0) {
      finish();
    }
  }

  private void collectDue() {
    long now = run.now();
    while (next < requests.size() && requests.get(next).dueNanos() <= now) {
      due.add(requests.get(next++));
    }
    if (next < requests.size()) {
      wakeAt(requests.get(next).dueNanos());
    }
  }

  /** Returns whether others may have become ready by it. */
  private boolean tryToSend(PlannedRequest request) {
    if (waits.contains(request.number())) {
      return false;
    }
    long ready = run.readiness().readyNanos(request);
    if (ready == Readiness.PENDING) {
      waitForOthers(request);
      return false;
    }
    Wire current = wire;
    if (current == null || !current.isUsable()) {
      retire();
      open();
      return false;
    }
    if (!current.isOpen()) {
      return false;
    }
    due.remove(request);
    OutgoingRequest outgoing = run.splice(request);
    if (outgoing instanceof OutgoingRequest.Withheld withheld) {
      run.failed(request, withheld.reason());
      return true;
    }
    awaited++;
    run.sent(request, ready);
    current.send(request, outgoing);
    return false;
  }

  private void waitForOthers(PlannedRequest request) {
    waits.add(request.number());
    Runnable then =
        () -> {
          waits.remove(request.number());
          advance();
        };
    if (!afterOthers(request, then)) {
      waits.remove(request.number());
      loop.execute(this::advance); // it was settled in between
    }
  }

  private void skipRest(SkipReason reason) {
    List<PlannedRequest> unsent = new ArrayList<>(due);
    due.clear();
    while (next < requests.size()) {
      unsent.add(requests.get(next++));
    }
    unsent.forEach(request -> run.skipped(request, reason));
  }

  private void retire() {
    if (wire != null) {
      retired.add(wire);
      wire = null;
    }
  }

  @Override
  void close() {
    retire();
    retired.forEach(Wire::close);
    retired.clear();
  }

  /** The first request that needs the connection fails. */
  @Override
  public void openFailed(FailureReason reason) {
    wire = null;
    for (PlannedRequest request : List.copyOf(due)) {
      if (!waits.contains(request.number())
          && run.readiness().readyNanos(request) != Readiness.PENDING) {
        due.remove(request);
        run.failed(request, reason);
        break;
      }
    }
    loop.execute(this::advance);
  }

  @Override
  public void answered(PlannedRequest request, HttpResponse answer, long nanos) {
    awaited--;
    run.answered(request, answer, nanos);
    advance();
  }

  @Override
  public void conversed(PlannedRequest request, HttpResponse answer, List<StreamMessage> messages) {
    awaited--;
    run.conversed(request, answer, messages);
    advance();
  }

  @Override
  public void failed(PlannedRequest request, FailureReason reason) {
    awaited--;
    run.failed(request, reason);
    advance();
  }

  /** Once: a target that always refuses would keep it for ever. */
  @Override
  public void refused(PlannedRequest request) {
    awaited--;
    if (refused.add(request.number())) {
      due.add(request);
    } else {
      run.failed(request, FailureReason.CLOSED_EARLY);
    }
    loop.execute(this::advance);
  }

  @Override
  public void lost(Wire gone, List<PlannedRequest> unanswered, FailureReason reason) {
    retired.remove(gone);
    if (wire == gone) {
      wire = null;
    }
    awaited -= unanswered.size();
    unanswered.forEach(request -> run.failed(request, reason));
    if (!unanswered.isEmpty()) {
      advance();
    }
  }
}
