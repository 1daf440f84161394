// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.report;

import dev.tapedeck.analyzer.text.SafeText;
import dev.tapedeck.replayer.diff.Difference;
import dev.tapedeck.replayer.plan.SelectedExchange;
import dev.tapedeck.replayer.result.ExchangeDifference;
import dev.tapedeck.replayer.result.RequestResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What differs, for messages of failed tests. */
public final class OutcomeText {
  /** A message is read, not searched: more differences are counted. */
  private static final int MAX_SHOWN = 40;

  private static final String NO_ANSWER = "no answer: ";

  private OutcomeText() {}

  /** Returns one line that says how it went. */
  public static String headline(
      String title,
      int answered,
      List<ExchangeDifference> differences,
      List<RequestResult> failures,
      Map<String, Integer> skipped) {
    List<String> parts = new ArrayList<>();
    if (!differences.isEmpty()) {
      long exchanges = differences.stream().map(one -> one.exchange().id()).distinct().count();
      parts.add(
          count(differences.size(), "difference")
              + " in "
              + exchanges
              + " of "
              + count(answered, "answer"));
    }
    if (!failures.isEmpty()) {
      parts.add(count(failures.size(), "request") + " without an answer");
    }
    if (parts.isEmpty()) {
      parts.add(answered == 0 ? "nothing was sent" : count(answered, "answer") + " as recorded");
    }
    skipped.forEach((reason, number) -> parts.add(number + " not sent: " + reason));
    return title + ": " + String.join(", ", parts);
  }

  /** Returns what differs and what was not answered, grouped by exchange. */
  public static List<String> details(
      List<ExchangeDifference> differences, List<RequestResult> failures) {
    List<String> lines = new ArrayList<>();
    for (RequestResult failure : failures.subList(0, Math.min(failures.size(), MAX_SHOWN))) {
      lines.add(title(failure.request().exchange()));
      lines.add("  " + failed(failure));
    }
    omitted(lines, failures.size());
    String last = "";
    for (ExchangeDifference one : differences.subList(0, Math.min(differences.size(), MAX_SHOWN))) {
      if (!one.exchange().id().equals(last)) {
        last = one.exchange().id();
        lines.add(title(one.exchange()));
      }
      Difference difference = one.difference();
      lines.add(
          "  " + SafeText.escape(difference.path()) + " (" + difference.change().jsonName() + ")");
      lines.add("    recorded: " + value(difference.baseline()));
      lines.add("    now:      " + value(difference.actual()));
    }
    omitted(lines, differences.size());
    return lines;
  }

  private static void omitted(List<String> lines, int count) {
    if (count > MAX_SHOWN) {
      lines.add("and " + (count - MAX_SHOWN) + " more");
    }
  }

  /** Returns what was recorded: the value of the only difference, else a line for each. */
  public static String baseline(
      List<ExchangeDifference> differences, List<RequestResult> failures) {
    if (differences.size() == 1 && failures.isEmpty()) {
      return value(differences.get(0).difference().baseline());
    }
    List<String> lines = new ArrayList<>();
    failures.forEach(one -> lines.add(title(one.request().exchange()) + ": an answer"));
    differences.forEach(one -> lines.add(line(one, one.difference().baseline())));
    return String.join("\n", lines);
  }

  /** Returns what came now, as {@link #baseline}. */
  public static String actual(List<ExchangeDifference> differences, List<RequestResult> failures) {
    if (differences.size() == 1 && failures.isEmpty()) {
      return value(differences.get(0).difference().actual());
    }
    List<String> lines = new ArrayList<>();
    failures.forEach(one -> lines.add(title(one.request().exchange()) + ": " + failed(one)));
    differences.forEach(one -> lines.add(line(one, one.difference().actual())));
    return String.join("\n", lines);
  }

  private static String failed(RequestResult failure) {
    return NO_ANSWER + (failure.failed() == null ? "" : failure.failed().jsonName());
  }

  private static String line(ExchangeDifference one, @Nullable String value) {
    return title(one.exchange())
        + " "
        + SafeText.escape(one.difference().path())
        + ": "
        + value(value);
  }

  private static String title(SelectedExchange exchange) {
    return SafeText.escape(exchange.id() + " " + exchange.method() + " " + exchange.maskedTarget());
  }

  private static String value(@Nullable String value) {
    return value == null ? "-" : SafeText.escape(value);
  }

  private static String count(int number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }
}
