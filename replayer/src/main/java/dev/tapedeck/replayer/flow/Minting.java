// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import dev.tapedeck.analyzer.redact.DefaultRedaction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A value of an answer that some request holds too, and what has been found of it so far.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class Minting {
  /** The first places are the best; more of them help only where an answer has changed. */
  private static final int MAX_PLACES = 4;

  private final int exchange;
  private final int session;
  private final String value;
  private final Shape shape;
  private final boolean id;
  private final boolean segment;
  private final @Nullable String carrier;
  private final List<Place> places = new ArrayList<>();
  private final List<FlowUse> uses = new ArrayList<>();
  private final Set<Integer> users = new HashSet<>();
  private final Set<String> evidence = new LinkedHashSet<>();
  private FlowConfidence confidence = FlowConfidence.GUESSED;
  private boolean ambiguous;
  private boolean returned;
  private int answers = 1;
  private int lastAnswer;
  private @Nullable Minting later;

  Minting(int exchange, int session, String value, Shape shape, Trail trail) {
    this.exchange = exchange;
    this.session = session;
    this.value = value;
    this.shape = shape;
    this.id = trail.saysId();
    this.segment = trail.segment();
    this.lastAnswer = exchange;
    this.carrier = trail.carrier();
    this.returned = isCredential(trail);
    add(trail);
  }

  void add(Trail trail) {
    if (places.size() < MAX_PLACES) {
      places.add(trail.place());
    }
  }

  /** Counts another answer that holds the value. */
  void seenAgain(int answer) {
    if (answer != lastAnswer) {
      lastAnswer = answer;
      answers++;
    }
  }

  void used(FlowUse use, FlowConfidence how, String why, Trail trail) {
    uses.add(use);
    users.add(use.exchange());
    evidence.add(why);
    returned |= isCredential(trail) || (carrier != null && carrier.equals(trail.carrier()));
    if (how.compareTo(confidence) < 0) {
      confidence = how;
    }
  }

  private static boolean isCredential(Trail trail) {
    String key = trail.key();
    return key != null && DefaultRedaction.isSecretParameter(key);
  }

  int exchange() {
    return exchange;
  }

  int session() {
    return session;
  }

  String value() {
    return value;
  }

  Shape shape() {
    return shape;
  }

  /** Returns whether its place says that it is an id. */
  boolean id() {
    return id;
  }

  boolean segment() {
    return segment;
  }

  /** Returns whether several answers minted it, so that nobody knows which one was meant. */
  boolean ambiguous() {
    return ambiguous;
  }

  void ambiguous(boolean isAmbiguous) {
    ambiguous = isAmbiguous;
  }

  int answers() {
    return answers;
  }

  /** Returns whether every answer may repeat it: clients are meant to send it back. */
  boolean returned() {
    return returned;
  }

  /** Returns whether the request of that exchange holds it. */
  boolean isUsedBy(int user) {
    return users.contains(user);
  }

  List<FlowUse> uses() {
    return uses;
  }

  /** Returns the same short value minted for another session; null when there is none. */
  @Nullable Minting later() {
    return later;
  }

  void later(Minting next) {
    later = next;
  }

  List<Place> places() {
    return places;
  }

  Set<String> evidence() {
    return evidence;
  }

  FlowConfidence confidence() {
    return confidence;
  }
}
