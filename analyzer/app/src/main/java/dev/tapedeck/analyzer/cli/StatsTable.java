// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.stats.GroupStats;
import dev.tapedeck.analyzer.stats.Grouping;
import dev.tapedeck.analyzer.stats.Latencies;
import dev.tapedeck.analyzer.stats.StatsKey;
import dev.tapedeck.analyzer.terminal.Human;
import dev.tapedeck.analyzer.terminal.TerminalText;
import dev.tapedeck.analyzer.terminal.TextTable;
import dev.tapedeck.analyzer.terminal.TextTable.Column;
import dev.tapedeck.analyzer.text.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Shows groups as lines of a table, with a small histogram in each. */
final class StatsTable {
  private static final int BARS = 8;
  private static final String HEIGHTS = "▁▂▃▄▅▆▇█";
  private static final String UNKNOWN = "-";
  private static final long NANOS_PER_MICRO = 1000;
  private static final double MEDIAN = 50;
  private static final double P90 = 90;
  private static final double P99 = 99;

  private final Grouping by;
  private final List<GroupStats> groups;
  private final boolean severalHosts;
  private final TextTable table;

  /** The steps of the shortest and of the longest time of all groups, as powers of two. */
  private final int firstStep;

  private final int lastStep;

  StatsTable(Grouping by, List<GroupStats> groups, int width) {
    this.by = by;
    this.groups = groups;
    this.severalHosts =
        groups.stream().map(group -> Objects.toString(group.key().host())).distinct().count() > 1;
    this.table =
        new TextTable(
            List.of(
                Column.right("COUNT", 6),
                Column.right("ERRORS", 6),
                Column.right("P50", 7),
                Column.right("P90", 7),
                Column.right("P99", 7),
                Column.right("MAX", 7),
                Column.right("BYTES", 6),
                Column.left("SPREAD", BARS),
                Column.left(by.name(), 0)),
            width);
    int first = Integer.MAX_VALUE;
    int last = 0;
    for (GroupStats group : groups) {
      for (Latencies.Step step : group.duration().steps()) {
        first = Math.min(first, power(step));
        last = Math.max(last, power(step));
      }
    }
    this.firstStep = Math.min(first, last);
    this.lastStep = last;
  }

  private static int power(Latencies.Step step) {
    return Long.numberOfTrailingZeros(step.belowMicros());
  }

  /** Returns the lines, the heading first. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(table.heading());
    groups.forEach(group -> lines.add(line(group)));
    return lines;
  }

  private String line(GroupStats group) {
    Latencies times = group.duration();
    boolean none = times.count() == 0;
    return table.line(
        List.of(
            Long.toString(group.count()),
            Long.toString(group.errors()),
            none ? UNKNOWN : time(times.percentile(MEDIAN)),
            none ? UNKNOWN : time(times.percentile(P90)),
            none ? UNKNOWN : time(times.percentile(P99)),
            none ? UNKNOWN : time(times.max()),
            Human.shortBytes(group.requestBytes() + group.responseBytes()),
            spread(times),
            name(group)));
  }

  private static String time(long micros) {
    return Human.shortDuration(micros * NANOS_PER_MICRO);
  }

  /** All groups have one scale, so that the same place means the same time. */
  private String spread(Latencies times) {
    long[] bars = new long[BARS];
    long highest = 0;
    int steps = Math.max(1, lastStep - firstStep + 1);
    for (Latencies.Step step : times.steps()) {
      int bar = Math.min(BARS - 1, (power(step) - firstStep) * BARS / Math.max(BARS, steps));
      bars[bar] += step.count();
      highest = Math.max(highest, bars[bar]);
    }
    StringBuilder text = new StringBuilder();
    for (long bar : bars) {
      int height = highest == 0 ? 0 : (int) (bar * (HEIGHTS.length() - 1) / highest);
      text.append(bar == 0 ? ' ' : HEIGHTS.charAt(height));
    }
    return text.toString();
  }

  private String name(GroupStats group) {
    StatsKey key = group.key();
    if (group.isRest()) {
      return "(all others)";
    }
    return switch (by) {
      case ENDPOINT ->
          key.endpoint() == null
              ? UNKNOWN
              : shown(key.method())
                  + " "
                  + SafeText.escape(key.endpoint())
                  + (severalHosts ? " " + shown(key.host()) : "");
      case HOST -> shown(key.host());
      case STATUS -> key.status() == null ? UNKNOWN : key.status().toString();
      case PROCESS ->
          (key.pid() == null ? UNKNOWN : key.pid().toString()) + " " + shown(key.comm());
    };
  }

  private static String shown(@Nullable String text) {
    return text == null ? UNKNOWN : TerminalText.ofLatin1(text);
  }
}
