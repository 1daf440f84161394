// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.replayer.flow.RandomValues;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request that was answered, and the call that it is taken for. That is a hypothesis: of calls
 * that differ in made-up values alone nothing tells which of them is meant, until a later request
 * does. What it was answered with stays what it is.
 *
 * <p><b>Threads:</b> confined by its owner.
 */
final class Asked {
  /** Of longer answers, or such with more values, nobody remembers what values they held. */
  private static final long MAX_BODY_BYTES = 256 << 10;

  private static final int MOST_WORDS = 256;

  private final Upstream upstream;
  private final RequestCanon now;
  private final List<Credentials.Line> credentials;
  private final @Nullable RecordedCall gave;
  private final @Nullable List<String> said;
  private RecordedCall call;
  private Map<String, String> taught;
  private final Map<String, String> alternatives;
  private @Nullable Set<String> words;

  /**
   * Keeps one.
   *
   * @param credentials in the request
   * @param call that it is taken for, and whose answer was given
   * @param answer as it was given
   * @param taught names that request and answer taught
   * @param alternatives names that others of the calls it is like would have taught
   * @param renamed whether the answer has other values than were recorded
   */
  Asked(
      RequestCanon now,
      List<Credentials.Line> credentials,
      RecordedCall call,
      HttpResponse answer,
      Map<String, String> taught,
      Map<String, String> alternatives,
      boolean renamed) {
    this.upstream = call.upstream();
    this.now = now;
    this.credentials = List.copyOf(credentials);
    this.gave = call;
    this.call = call;
    this.said = renamed ? words(answer) : null;
    this.taught = Map.copyOf(taught);
    this.alternatives = Map.copyOf(alternatives);
  }

  /** A request that is not answered yet; nothing is known of it but what it asks for. */
  Asked(
      RequestCanon now, List<Credentials.Line> credentials, Upstream upstream, RecordedCall call) {
    this.upstream = upstream;
    this.now = now;
    this.credentials = List.copyOf(credentials);
    this.gave = null;
    this.call = call;
    this.said = null;
    this.taught = Map.of();
    this.alternatives = Map.of();
  }

  Upstream upstream() {
    return upstream;
  }

  RequestCanon now() {
    return now;
  }

  List<Credentials.Line> credentials() {
    return credentials;
  }

  RecordedCall call() {
    return call;
  }

  Map<String, String> taught() {
    return taught;
  }

  Map<String, String> alternatives() {
    return alternatives;
  }

  /** Takes the request for another call. */
  void move(RecordedCall other, Map<String, String> names) {
    call = other;
    taught = Map.copyOf(names);
  }

  /**
   * Returns what the values in the answer of a call would be called, were it the one that was
   * given; none when the two do not have the same form.
   */
  Map<String, String> namesIn(RecordedCall other) {
    if (gave == null) {
      return Map.of();
    }
    List<String> given = said != null ? said : words(gave.response());
    List<String> recorded =
        said == null && other.number() == gave.number() ? given : words(other.response());
    return RandomValues.paired(recorded, given);
  }

  /** Returns the long random values of the request and of what it was answered with. */
  Set<String> words() {
    Set<String> known = words;
    if (known == null) {
      Set<String> all = new HashSet<>();
      CallTexts.visit(now, now.body().text(), all::add);
      if (said != null) {
        all.addAll(said);
      } else if (gave != null) {
        all.addAll(words(gave.response()));
      }
      known = Set.copyOf(all);
      words = known;
    }
    return known;
  }

  private static List<String> words(HttpResponse answer) {
    List<String> words = new ArrayList<>();
    for (HeaderField field : answer.headers().toList()) {
      RandomValues.visit(field.value(), words::add);
    }
    if (answer.body().wire().length() <= MAX_BODY_BYTES
        && answer.body().content().length() <= MAX_BODY_BYTES) {
      RandomValues.visit(answer.body().content().toBytes().toLatin1(), words::add);
    }
    return words.size() > MOST_WORDS ? List.of() : List.copyOf(words);
  }
}
