// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.result;

import dev.tapedeck.replayer.diff.Difference;
import dev.tapedeck.replayer.diff.Everywhere;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Groups differences by endpoint, place and how they differ. Confined to one thread. */
public final class Grouping {
  private static final int MAX_SAMPLES = 3;
  private static final Comparator<Key> ORDER =
      Comparator.comparing(Key::endpoint)
          .thenComparing(Key::path)
          .thenComparing(key -> key.difference().kind())
          .thenComparing(key -> key.difference().change());

  private final Map<Key, Members> groups = new TreeMap<>(ORDER);

  private record Key(String endpoint, String path, Difference difference) {}

  private static final class Members {
    private final List<ExchangeDifference> samples = new ArrayList<>();
    private int differences;
    private int exchanges;
    private String lastId = "";
  }

  /** Takes a difference; those of one exchange come one after the other. */
  public void add(String endpoint, ExchangeDifference one) {
    Key key = new Key(endpoint, Everywhere.path(one.difference()), one.difference());
    Members members = groups.computeIfAbsent(key, unused -> new Members());
    members.differences++;
    if (!members.lastId.equals(one.exchange().id())) {
      members.lastId = one.exchange().id();
      members.exchanges++;
    }
    if (members.samples.size() < MAX_SAMPLES) {
      members.samples.add(one);
    }
  }

  /** Returns the groups by endpoint and path. */
  public List<DifferenceGroup> groups() {
    List<DifferenceGroup> all = new ArrayList<>();
    groups.forEach(
        (key, members) ->
            all.add(
                new DifferenceGroup(
                    key.endpoint(),
                    key.path(),
                    key.difference().kind(),
                    key.difference().change(),
                    members.differences,
                    members.exchanges,
                    members.samples)));
    return all;
  }
}
