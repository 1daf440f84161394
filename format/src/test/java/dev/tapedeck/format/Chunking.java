// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A way to split bytes over several calls. What a stream says must not depend on it.
 *
 * <p><b>Threads:</b> immutable.
 */
public final class Chunking {
  private static final int USUAL_SPLIT_POINTS = 40;
  private static final int USUAL_SEEDS = 4;

  private final String name;
  private final Function<Bytes, List<Bytes>> splitter;

  private Chunking(String name, Function<Bytes, List<Bytes>> splitter) {
    this.name = name;
    this.splitter = splitter;
  }

  /** Does not split. */
  public static Chunking whole() {
    return new Chunking("whole", List::of);
  }

  /** Splits after every byte. */
  public static Chunking oneByte() {
    return new Chunking("one byte", content -> everyBytes(content, 1));
  }

  /** Splits once, after {@code point} bytes, what is longer. */
  public static Chunking splitAt(int point) {
    return new Chunking(
        "split at " + point,
        content ->
            point <= 0 || point >= content.length()
                ? List.of(content)
                : List.of(content.slice(0, point), content.slice(point, content.length())));
  }

  /** Splits at random points; the seed is part of the name. */
  public static Chunking random(long seed) {
    return new Chunking("random seed " + seed, content -> atRandom(content, seed));
  }

  /** Returns a chunking for each point at which some content of the script can be split. */
  public static List<Chunking> everySplitPoint(EventScript script) {
    List<Chunking> all = new ArrayList<>();
    for (int point = 1; point < script.longestContentBytes(); point++) {
      all.add(splitAt(point));
    }
    return all;
  }

  /** Returns whole, one byte, every split point of short contents, and some seeds. */
  public static Stream<Chunking> usual() {
    Stream.Builder<Chunking> all = Stream.builder();
    all.add(whole()).add(oneByte());
    for (int point = 1; point <= USUAL_SPLIT_POINTS; point++) {
      all.add(splitAt(point));
    }
    for (long seed = 1; seed <= USUAL_SEEDS; seed++) {
      all.add(random(seed));
    }
    return all.build();
  }

  /** Returns {@link #usual} and every split point of the script. */
  public static Stream<Chunking> allFor(EventScript script) {
    return Stream.concat(
        Stream.of(whole(), oneByte(), random(1), random(2), random(3), random(4)),
        everySplitPoint(script).stream());
  }

  /** Returns the parts, in order and none of them empty, but for empty content. */
  public List<Bytes> split(Bytes content) {
    return content.isEmpty() ? List.of(content) : splitter.apply(content);
  }

  private static List<Bytes> everyBytes(Bytes content, int count) {
    List<Bytes> parts = new ArrayList<>();
    for (int from = 0; from < content.length(); from += count) {
      parts.add(content.slice(from, Math.min(content.length(), from + count)));
    }
    return parts;
  }

  private static List<Bytes> atRandom(Bytes content, long seed) {
    SplittableRandom random = new SplittableRandom(seed ^ content.hashCode());
    List<Bytes> parts = new ArrayList<>();
    int from = 0;
    while (from < content.length()) {
      int longest = 1 << random.nextInt(1, 8);
      int to = Math.min(content.length(), from + random.nextInt(1, longest + 1));
      parts.add(content.slice(from, to));
      from = to;
    }
    return parts;
  }

  @Override
  public String toString() {
    return name;
  }
}
