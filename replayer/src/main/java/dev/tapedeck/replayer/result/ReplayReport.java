// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.result;

import dev.tapedeck.replayer.plan.SkipReason;
import dev.tapedeck.replayer.plan.SkippedExchange;
import dev.tapedeck.replayer.rules.CountedRule;
import dev.tapedeck.replayer.target.Target;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The account of a replay: {@code recorded = sent + Σ skipped + Σ failed} always holds.
 *
 * @param target where requests went
 * @param recorded exchanges of the selection
 * @param sent requests that were sent and answered
 * @param skipped exchanges that were not sent, by reason
 * @param failed requests that were due and have no answer, by reason
 * @param compared answers that were compared with their recorded one
 * @param equal of these, how many are equal
 * @param different of these, how many are not
 * @param notCompared answers that could not be compared, by reason
 * @param ignored mismatches that the rules excused
 * @param connectionsRecorded recorded connections whose requests were planned
 * @param connectionsOpened connections that were opened, again ones too
 * @param connectionsReopened how many of these had to be opened again
 * @param durationNanos from the origin to the last answer
 * @param pace how well the schedule was kept
 * @param latencyFromDue from when a request was due to the end of its answer
 * @param latencyFromSent from when it was sent to the end of its answer
 * @param differences in the order of the requests
 * @param notes what was left out of comparisons, by exchange id
 * @param unusedRules rules that applied to nothing
 * @param stopped why the replay ended early; null when it did not
 * @param skippedExchanges what was not even planned
 * @param results of the planned requests, in order
 * @param findings what came of all comparisons together
 */
public record ReplayReport(
    Target target,
    int recorded,
    int sent,
    Map<SkipReason, Integer> skipped,
    Map<FailureReason, Integer> failed,
    int compared,
    int equal,
    int different,
    Map<String, Integer> notCompared,
    int ignored,
    int connectionsRecorded,
    int connectionsOpened,
    int connectionsReopened,
    long durationNanos,
    PaceReport pace,
    Quantiles latencyFromDue,
    Quantiles latencyFromSent,
    List<ExchangeDifference> differences,
    Map<String, List<String>> notes,
    List<CountedRule> unusedRules,
    @Nullable SkipReason stopped,
    List<SkippedExchange> skippedExchanges,
    List<RequestResult> results,
    Findings findings) {
  public ReplayReport {
    skipped = Collections.unmodifiableMap(new TreeMap<>(skipped));
    failed = Collections.unmodifiableMap(new TreeMap<>(failed));
    notCompared = Collections.unmodifiableMap(new TreeMap<>(notCompared));
    notes = Collections.unmodifiableMap(new TreeMap<>(notes));
    differences = List.copyOf(differences);
    unusedRules = List.copyOf(unusedRules);
    skippedExchanges = List.copyOf(skippedExchanges);
    results = List.copyOf(results);
    long accounted = sent + sum(skipped) + sum(failed);
    if (recorded != accounted) {
      throw new IllegalStateException("recorded=" + recorded + " accounted=" + accounted);
    }
    if (compared != equal + different || sent != compared + sum(notCompared)) {
      throw new IllegalStateException(
          "sent=" + sent + " compared=" + compared + " equal=" + equal + " different=" + different);
    }
  }

  private static long sum(Map<?, Integer> counts) {
    return counts.values().stream().mapToLong(Integer::longValue).sum();
  }

  /** Returns whether something was tested, and nothing differs or failed. */
  public boolean isGreen() {
    return different == 0
        && findings.slow().isEmpty()
        && failures() == 0
        && sent > 0
        && stopped == null;
  }

  /** Returns how many requests failed. */
  public int failures() {
    return Math.toIntExact(sum(failed));
  }
}
