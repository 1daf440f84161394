// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Finds which elements of two arrays belong together whatever their order: those of the same key,
 * or those that are the same; what is left over pairs by how much of it is the same.
 */
final class SetPairing {
  /** Beyond so many comparisons what is left over pairs by place. */
  private static final long MAX_COMPARISONS = 40_000;

  private final @Nullable String key;
  private final BiPredicate<JsonNode, JsonNode> same;

  /**
   * Makes one.
   *
   * @param key name of the member that tells elements apart; null for all of them
   */
  SetPairing(@Nullable String key, BiPredicate<JsonNode, JsonNode> same) {
    this.key = key;
    this.same = same;
  }

  void pair(List<JsonNode> before, List<JsonNode> now, ArrayAlignment.Visitor visitor) {
    Map<Integer, Integer> pairs = new LinkedHashMap<>();
    Set<Integer> free = new TreeSet<>();
    for (int i = 0; i < now.size(); i++) {
      free.add(i);
    }
    pairSame(before, now, pairs, free);
    List<Integer> left = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      Integer partner = pairs.get(i);
      if (partner == null) {
        left.add(i);
      } else if (key != null) {
        visitor.paired(i, partner);
      }
    }
    for (int from : left) {
      // With a key, what has no partner of its key has none.
      Integer to = key == null ? mostAlike(before.get(from), now, free, left.size()) : null;
      if (to == null) {
        visitor.missing(from);
      } else {
        free.remove(to);
        visitor.paired(from, to);
      }
    }
    free.forEach(visitor::added);
  }

  private void pairSame(
      List<JsonNode> before, List<JsonNode> now, Map<Integer, Integer> pairs, Set<Integer> free) {
    Numbering numbers =
        Numbering.of(
            before.stream().map(this::identity).toList(),
            now.stream().map(this::identity).toList(),
            same);
    Map<Integer, List<Integer>> places = new LinkedHashMap<>();
    for (int i = 0; i < now.size(); i++) {
      places.computeIfAbsent(numbers.now()[i], n -> new ArrayList<>()).add(i);
    }
    for (int i = 0; i < before.size(); i++) {
      List<Integer> own = places.get(numbers.before()[i]);
      if (own != null && !own.isEmpty()) {
        int partner = own.remove(0);
        pairs.put(i, partner);
        free.remove(partner);
      }
    }
  }

  private JsonNode identity(JsonNode element) {
    JsonNode value = key == null ? null : element.get(key);
    return value == null ? element : value;
  }

  private @Nullable Integer mostAlike(
      JsonNode element, List<JsonNode> now, Set<Integer> free, int left) {
    Integer best = null;
    int most = -1;
    for (int candidate : free) {
      int alike = alike(element, now.get(candidate));
      if (alike > most) {
        most = alike;
        best = candidate;
      }
      if ((long) left * free.size() > MAX_COMPARISONS) {
        break;
      }
    }
    // Elements that have come and gone are reported as that, not as one that changed.
    return most > 0 || free.size() == left || !element.isObject() ? best : null;
  }

  private int alike(JsonNode one, JsonNode other) {
    int alike = 0;
    for (Map.Entry<String, JsonNode> member : one.properties()) {
      JsonNode value = other.get(member.getKey());
      alike += value != null && same.test(member.getValue(), value) ? 1 : 0;
    }
    return alike;
  }
}
