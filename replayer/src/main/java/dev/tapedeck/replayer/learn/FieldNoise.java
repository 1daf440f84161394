// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.learn;

import dev.tapedeck.replayer.diff.Change;
import dev.tapedeck.replayer.diff.Mismatch;
import dev.tapedeck.replayer.diff.Moments;
import dev.tapedeck.replayer.volatility.Sample;
import dev.tapedeck.replayer.volatility.TypeInference;
import dev.tapedeck.replayer.volatility.ValueType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What was seen at a place whose values change. Confined to one thread. */
final class FieldNoise {
  /** The first of them tell the type; what is beyond is checked against it. */
  private static final int MAX_SAMPLES = 500;

  private final List<Sample> samples = new ArrayList<>();
  private final Set<Evidence> evidence = EnumSet.noneOf(Evidence.class);
  private final Set<Integer> words = new TreeSet<>();
  private boolean wordwise = true;
  private boolean numbers;
  private boolean texts;
  private boolean nulls;
  private boolean missing;
  private boolean reordered;
  private boolean elements;
  private boolean structures;
  private int count;

  /** Notes a mismatch between two answers. */
  void add(Mismatch mismatch, Moments moments, Evidence from) {
    count++;
    evidence.add(from);
    Change change = mismatch.difference().change();
    if (change == Change.ORDER) {
      reordered = true;
      return;
    }
    missing |= change == Change.MISSING || change == Change.ADDED;
    String one = sample(mismatch.baseline(), moments.baselineEpochNanos());
    String other = sample(mismatch.actual(), moments.nowEpochNanos());
    if (one != null && other != null) {
      Set<Integer> differ = TypeInference.wordsThatDiffer(one, other);
      wordwise &= differ != null;
      words.addAll(differ == null ? Set.of() : differ);
    }
  }

  /** Notes that elements of an array come and go. */
  void addElements(Evidence from) {
    count++;
    evidence.add(from);
    elements = true;
  }

  private @Nullable String sample(@Nullable JsonNode value, long epochNanos) {
    if (value == null) {
      return null;
    } else if (value.isNull()) {
      nulls = true;
      return null;
    } else if (value.isObject() || value.isArray()) {
      structures = true;
      return null;
    }
    numbers |= value.isNumber();
    texts |= !value.isNumber();
    String text = value.asString();
    if (samples.size() < MAX_SAMPLES) {
      samples.add(new Sample(text, value.isNumber(), epochNanos));
    }
    return text;
  }

  /** Takes over what was seen elsewhere. */
  void addAll(FieldNoise other) {
    samples.addAll(
        other.samples.subList(
            0,
            Math.min(other.samples.size(), MAX_SAMPLES - Math.min(MAX_SAMPLES, samples.size()))));
    evidence.addAll(other.evidence);
    words.addAll(other.words);
    wordwise &= other.wordwise;
    numbers |= other.numbers;
    texts |= other.texts;
    nulls |= other.nulls;
    missing |= other.missing;
    reordered |= other.reordered;
    elements |= other.elements;
    structures |= other.structures;
    count += other.count;
  }

  /** Returns what values have to be; null when it cannot be told. */
  @Nullable ValueType type() {
    if (samples.isEmpty() || structures || (numbers && texts)) {
      return null;
    }
    ValueType whole = TypeInference.infer(samples);
    boolean loose = whole == null || whole.name().equals("text");
    return loose && wordwise && !words.isEmpty() ? TypeInference.ofWords(samples, words) : whole;
  }

  boolean isWordwise() {
    return wordwise && !words.isEmpty();
  }

  int samples() {
    return samples.size();
  }

  int count() {
    return count;
  }

  Set<Evidence> evidence() {
    return evidence;
  }

  boolean nulls() {
    return nulls;
  }

  boolean missing() {
    return missing;
  }

  boolean reordered() {
    return reordered;
  }

  boolean elements() {
    return elements;
  }

  /** What showed that values change. */
  enum Evidence {
    /** The capture holds different answers to equal requests. */
    REPEATS("equal requests of the capture"),
    /** The target gave different answers. */
    TRIALS("two sendings"),
    /** A time that is as far from its answer as in the capture. */
    CLOCK("times that follow the clock");

    private final String words;

    Evidence(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }
}
