// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an id is the id of, as names tell: {@code cart} for {@code cartId} and {@code /carts/7}. */
final class Kinds {
  private static final Set<String> ID_WORDS =
      Set.of("id", "ids", "uuid", "guid", "no", "nr", "num", "number", "key", "ref", "pk", "code");

  /** Names of ids that tell by themselves what they are ids of. */
  private static final Set<String> OWN_IDS =
      Set.of("sku", "slug", "isbn", "ean", "asin", "iban", "vin", "imei");

  /** Numbers of these are chosen or counted, and mean the same everywhere. */
  private static final Set<String> NO_IDS =
      Set.of(
          "page",
          "offset",
          "limit",
          "size",
          "count",
          "total",
          "quantity",
          "qty",
          "price",
          "amount",
          "version",
          "year",
          "month",
          "day",
          "status",
          "index",
          "position",
          "age",
          "rank",
          "length",
          "width",
          "height",
          "score",
          "level",
          "step",
          "port",
          "max",
          "min",
          "sum",
          "tax",
          "rating",
          "zip",
          "postal",
          "phone",
          "country",
          "currency",
          "error");

  /** Members that hold what an answer is about, and say nothing themselves. */
  private static final Set<String> WRAPPERS =
      Set.of(
          "data",
          "result",
          "response",
          "payload",
          "attribute",
          "content",
          "body",
          "record",
          "row",
          "list",
          "item",
          "node",
          "edge",
          "entity",
          "object",
          "value",
          "entry",
          "embedded",
          "page");

  private Kinds() {}

  /**
   * What a name says of its value.
   *
   * @param kind what the value is an id of; empty when the name does not say
   * @param id whether the name says that it is an id
   */
  record Kind(String kind, boolean id) {}

  /** Returns what a name says. */
  static Kind of(String name) {
    List<String> words = words(name);
    boolean id = false;
    while (!words.isEmpty() && ID_WORDS.contains(words.get(words.size() - 1))) {
      words.remove(words.size() - 1);
      id = true;
    }
    String kind = words.isEmpty() ? "" : singular(words.get(words.size() - 1));
    return new Kind(kind, (id && !NO_IDS.contains(kind)) || OWN_IDS.contains(kind));
  }

  /** Returns whether numbers of that kind are no ids. */
  static boolean isNoId(String kind) {
    return NO_IDS.contains(kind);
  }

  /**
   * Returns the kinds of a value of an answer.
   *
   * @param key nearest name; null when there is none
   * @param owner name around it; null when there is none
   * @param endpoint what the request was about; empty when not known
   */
  static List<String> of(@Nullable String key, @Nullable String owner, String endpoint) {
    List<String> kinds = new ArrayList<>();
    String own = key == null ? "" : of(key).kind();
    if (!own.isEmpty()) {
      kinds.add(own);
      return kinds;
    }
    String around = owner == null ? "" : of(owner).kind();
    if (!around.isEmpty()) {
      kinds.add(around);
    }
    if ((around.isEmpty() || WRAPPERS.contains(around))
        && !endpoint.isEmpty()
        && !kinds.contains(endpoint)) {
      kinds.add(endpoint);
    }
    return kinds;
  }

  /** Returns what a path is about: its last segment that is a word, in the singular. */
  static String ofPath(List<String> segments, int before) {
    for (int i = Math.min(before, segments.size()) - 1; i >= 0; i--) {
      String segment = segments.get(i);
      if (!segment.isEmpty() && Shape.of(segment) == Shape.WORD) {
        List<String> words = words(segment);
        return words.isEmpty() ? "" : singular(words.get(words.size() - 1));
      }
    }
    return "";
  }

  private static List<String> words(String name) {
    String parted = name.replaceAll("([a-z0-9])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
    List<String> words = new ArrayList<>();
    for (String word : parted.split("[^a-z0-9]+", -1)) {
      if (!word.isEmpty() && !word.equals("x")) {
        words.add(word);
      }
    }
    return words;
  }

  private static String singular(String word) {
    if (word.endsWith("ies") && word.length() > 4) {
      return word.substring(0, word.length() - 3) + "y";
    }
    if (word.endsWith("sses") || word.endsWith("xes") || word.endsWith("ches")) {
      return word.substring(0, word.length() - 2);
    }
    return word.endsWith("s") && !word.endsWith("ss") && word.length() > 2
        ? word.substring(0, word.length() - 1)
        : word;
  }
}
