// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import dev.tapedeck.replayer.plan.SkippedExchange;
import dev.tapedeck.replayer.report.OutcomeText;
import dev.tapedeck.replayer.result.ExchangeDifference;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.result.RequestResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What became of a replay, or of a part of it: one session, one exchange.
 *
 * <p>Captured secrets are masked in all texts unless the test includes them.
 *
 * <p><b>Threads:</b> immutable.
 */
public final class ReplayOutcome {
  private final String title;
  private final ReplayReport report;
  private final @Nullable Set<String> ids;

  ReplayOutcome(String title, ReplayReport report) {
    this(title, report, null);
  }

  private ReplayOutcome(String title, ReplayReport report, @Nullable Set<String> ids) {
    this.title = title;
    this.report = report;
    this.ids = ids;
  }

  /** Returns what became of one session. */
  public ReplayOutcome of(RecordedSession session) {
    return new ReplayOutcome(
        title + ", session " + session.id(),
        report,
        session.exchanges().stream().map(RecordedExchange::id).collect(Collectors.toSet()));
  }

  /** Returns what became of one exchange. */
  public ReplayOutcome of(RecordedExchange exchange) {
    return new ReplayOutcome(title + ", exchange " + exchange.id(), report, Set.of(exchange.id()));
  }

  /** Returns the account of the whole replay. */
  public ReplayReport report() {
    return report;
  }

  /** Returns what differs, in the order of the requests. */
  public List<ExchangeDifference> differences() {
    return report.differences().stream()
        .filter(difference -> isMeant(difference.exchange().id()))
        .toList();
  }

  /** Returns the requests that were due and have no answer, in order. */
  public List<RequestResult> failures() {
    return results(result -> result.failed() != null);
  }

  /** Returns how many requests were sent and answered. */
  public int answered() {
    return results(RequestResult::answered).size();
  }

  /** Returns how many exchanges were not sent, by reason as in the reports. */
  public Map<String, Integer> skipped() {
    Map<String, Integer> counts = new TreeMap<>();
    for (RequestResult result : results(one -> one.skipped() != null)) {
      if (result.skipped() != null) {
        counts.merge(result.skipped().jsonName(), 1, Integer::sum);
      }
    }
    for (SkippedExchange one : report.skippedExchanges()) {
      if (isMeant(one.exchange().id())) {
        counts.merge(one.reason().jsonName(), 1, Integer::sum);
      }
    }
    return counts;
  }

  private List<RequestResult> results(Predicate<RequestResult> condition) {
    return report.results().stream()
        .filter(result -> isMeant(result.request().exchange().id()) && condition.test(result))
        .toList();
  }

  private boolean isMeant(String id) {
    return ids == null || ids.contains(id);
  }

  /**
   * Returns whether all that was sent was answered as recorded. A replay that was ended early by
   * too many errors is not, and neither is one in which nothing at all was answered.
   */
  public boolean isUnchanged() {
    return failures().isEmpty()
        && differences().isEmpty()
        && report.sent() > 0
        && !(report.stopped() != null && isCutShort());
  }

  private boolean isCutShort() {
    return !results(result -> report.stopped() == result.skipped()).isEmpty();
  }

  /**
   * Returns whether nothing of it was sent, so that nothing was tested; {@link #skipped} says why.
   */
  public boolean isUntested() {
    return answered() == 0 && failures().isEmpty();
  }

  /** Returns for people what differs and what was not answered. */
  public String message() {
    List<String> lines = new ArrayList<>();
    lines.add(OutcomeText.headline(title, answered(), differences(), failures(), skipped()));
    lines.addAll(OutcomeText.details(differences(), failures()));
    return String.join("\n", lines);
  }

  /** Returns what was recorded where something differs now: a line for each difference. */
  public String baseline() {
    return OutcomeText.baseline(differences(), failures());
  }

  /** Returns what came where something differs now: a line for each difference. */
  public String actual() {
    return OutcomeText.actual(differences(), failures());
  }

  /**
   * Does nothing when all was answered as recorded.
   *
   * @throws AssertionError when it was not; the message tells every difference
   */
  public void assertUnchanged() {
    if (!isUnchanged()) {
      throw new AssertionError(message());
    }
  }

  @Override
  public String toString() {
    return message();
  }
}
