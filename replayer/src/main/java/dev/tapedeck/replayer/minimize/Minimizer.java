// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.minimize;

import dev.tapedeck.replayer.carry.PlannedFlows;
import dev.tapedeck.replayer.engine.NanoClock;
import dev.tapedeck.replayer.plan.PlanEndpoints;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.SelectedExchange;
import dev.tapedeck.replayer.plan.Selection;
import dev.tapedeck.replayer.result.FailureReason;
import dev.tapedeck.replayer.result.ReplayReport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Shrinks a selection to the exchanges that it takes to show what a replay found: first whole
 * sessions are left out, then exchanges. What mints a value that a kept request carries is kept.
 *
 * <p>Each trial sends to the target, which should be in the same state each time: state that an
 * earlier trial left behind may stand in for a request that is left out.
 *
 * <p><b>Limits:</b> so many trials and so much time as the caller says, and {@value #MAX_CAUSES}
 * causes. <b>Threads:</b> confined to one. Used once.
 */
public final class Minimizer {
  private static final int MAX_CAUSES = 8;

  /** Sends some of the selection. */
  public interface Trial {
    /** Returns what came of it. */
    ReplayReport run(Selection some) throws IOException, InterruptedException;
  }

  /**
   * What came of it.
   *
   * @param selection the exchanges that are left; all of them when nothing was reproduced
   * @param report of their replay
   * @param reproduced whether the first trial, with everything, showed what was looked for
   * @param gone whether nothing of a trial got a connection: what trials show then says nothing
   * @param exhausted whether trials or time had ended before nothing more could be left out
   * @param trials how many there were
   */
  public record Result(
      Selection selection,
      ReplayReport report,
      boolean reproduced,
      boolean gone,
      boolean exhausted,
      int trials) {
    private static Result nothing(
        Selection selection, ReplayReport report, boolean gone, int trials) {
      return new Result(selection, report, false, gone, false, trials);
    }
  }

  private final Selection selection;
  private final PlannedFlows flows;
  private final Trial trial;
  private final int maxTrials;
  private final long endNanos;
  private final NanoClock clock;
  private final Consumer<String> progress;
  private List<Symptom> wanted = List.of();
  private int trials;
  private boolean exhausted;
  private boolean gone;

  /**
   * Creates a minimizer.
   *
   * @param flows of the whole selection
   * @param maxTrials at least 1
   * @param clock nanoseconds from any origin
   * @param progress is told a line now and then
   */
  public Minimizer(
      Selection selection,
      PlannedFlows flows,
      Trial trial,
      int maxTrials,
      Duration maxTime,
      NanoClock clock,
      Consumer<String> progress) {
    this.selection = selection;
    this.flows = flows;
    this.trial = trial;
    this.maxTrials = maxTrials;
    this.endNanos = clock.nanoTime() + maxTime.toNanos();
    this.clock = clock;
    this.progress = progress;
  }

  /**
   * Shrinks what a report shows.
   *
   * @param found differences or failures, at least one
   */
  public Result minimize(ReplayReport found) throws IOException, InterruptedException {
    Set<Integer> all = new TreeSet<>();
    flows.plan().requests().forEach(request -> all.add(request.number()));
    PlanEndpoints endpoints = PlanEndpoints.of(flows.plan());
    wanted = Symptom.representatives(found, endpoints, MAX_CAUSES);
    if (wanted.isEmpty()) {
      return Result.nothing(only(all), found, false, trials);
    }
    ReplayReport whole = tryWith(only(all));
    wanted = Symptom.shown(wanted, whole);
    if (gone || wanted.isEmpty()) {
      return Result.nothing(only(all), whole, gone, trials);
    }
    Set<Integer> fixed = Symptom.numbers(wanted, whole, endpoints);
    List<Integer> sessions =
        new DeltaDebugging<Integer>(keys -> shows(ofSessions(keys, fixed)))
            .minimal(otherSessions(all, fixed));
    List<Integer> candidates = new ArrayList<>(ofSessions(sessions, fixed));
    candidates.removeAll(fixed);
    List<Integer> kept =
        new DeltaDebugging<Integer>(numbers -> shows(withNeeds(numbers, fixed)))
            .minimal(candidates);
    if (gone) {
      return Result.nothing(only(all), whole, true, trials);
    }
    Selection small = only(withNeeds(kept, fixed));
    ReplayReport last = tryWith(small);
    return new Result(small, last, !gone, gone, exhausted, trials);
  }

  private ReplayReport tryWith(Selection some) throws IOException, InterruptedException {
    trials++;
    ReplayReport report = trial.run(some);
    gone =
        report.connectionsOpened() == 0
            && report.failed().keySet().stream().anyMatch(FailureReason::isOfConnecting);
    return report;
  }

  /** Returns the sessions, those too whose exchanges show something: others of theirs may go. */
  private List<Integer> otherSessions(Set<Integer> all, Set<Integer> fixed) {
    return all.stream()
        .filter(number -> !fixed.contains(number))
        .map(number -> flows.plan().requests().get(number).exchange().sessionKey())
        .distinct()
        .toList();
  }

  private Set<Integer> ofSessions(Collection<Integer> keys, Set<Integer> fixed) {
    Set<Integer> chosen = new TreeSet<>();
    for (PlannedRequest request : flows.plan().requests()) {
      if (keys.contains(request.exchange().sessionKey())) {
        chosen.add(request.number());
      }
    }
    return withNeeds(chosen, fixed);
  }

  private Set<Integer> withNeeds(Collection<Integer> numbers, Set<Integer> fixed) {
    Set<Integer> chosen = new TreeSet<>(numbers);
    chosen.addAll(fixed);
    return flows.withNeeds(chosen);
  }

  private boolean shows(Set<Integer> numbers) throws IOException, InterruptedException {
    if (gone) {
      return false;
    }
    if (trials >= maxTrials || clock.nanoTime() - endNanos >= 0) {
      exhausted = true;
      return false;
    }
    boolean shows = Symptom.shown(wanted, tryWith(only(numbers))).size() == wanted.size();
    progress.accept(
        "trial " + trials + ": " + numbers.size() + " exchanges " + (shows ? "do" : "do not"));
    return shows;
  }

  private Selection only(Set<Integer> numbers) {
    Set<String> ids =
        numbers.stream()
            .map(number -> flows.plan().requests().get(number).exchange())
            .map(SelectedExchange::id)
            .collect(Collectors.toSet());
    return selection.only(one -> ids.contains(one.id()));
  }
}
