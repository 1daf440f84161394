// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stats;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.endpoint.Endpoints;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts exchanges together and keeps their figures.
 *
 * <p><b>Limits:</b> {@value #MAX_GROUPS} groups; the exchanges of further ones are one more, which
 * says so.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class StatsCollector {
  public static final int MAX_GROUPS = 2000;

  private final Grouping grouping;
  private final Endpoints endpoints;
  private final int maxGroups;
  private final Map<StatsKey, GroupStats> groups = new HashMap<>();
  private final GroupStats rest = new GroupStats(StatsKey.UNKNOWN, true);

  /**
   * Begins.
   *
   * @param endpoints path templates; {@link Endpoints#NONE} where they do not matter
   */
  public StatsCollector(Grouping grouping, Endpoints endpoints) {
    this(grouping, endpoints, MAX_GROUPS);
  }

  StatsCollector(Grouping grouping, Endpoints endpoints, int maxGroups) {
    this.grouping = grouping;
    this.endpoints = endpoints;
    this.maxGroups = maxGroups;
  }

  /** Adds an exchange. */
  public void add(Exchange exchange) {
    StatsKey key = grouping.keyOf(exchange, endpoints);
    GroupStats group = groups.get(key);
    if (group == null && groups.size() < maxGroups) {
      group = new GroupStats(key, false);
      groups.put(key, group);
    }
    (group == null ? rest : group).add(exchange);
  }

  /** Returns the groups, those with most exchanges first and that of the rest last. */
  public List<GroupStats> groups() {
    List<GroupStats> sorted = new ArrayList<>(groups.values());
    sorted.sort(
        Comparator.comparingLong(GroupStats::count)
            .reversed()
            .thenComparing(group -> group.key().toString()));
    if (rest.count() > 0) {
      sorted.add(rest);
    }
    return sorted;
  }
}
