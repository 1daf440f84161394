// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.learn;

import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.SkippedExchange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * Equal requests of a plan: same method, target, body and credentials, safe, one after the other,
 * and between them nothing on their connection that may have changed the server's state.
 */
final class Repeats {
  /** RFC 9110, section 9.2.1. */
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

  private static final List<String> TELLING =
      List.of("accept", "accept-language", "authorization", "cookie", "range");

  private final ReplayPlan plan;

  Repeats(ReplayPlan plan) {
    this.plan = plan;
  }

  /** Gives each request together with the next one that is equal to it. */
  void forEach(BiConsumer<PlannedRequest, PlannedRequest> pair) {
    Map<Integer, NavigableSet<Long>> changes = new HashMap<>();
    for (PlannedRequest request : plan.requests()) {
      if (!SAFE.contains(request.exchange().method())) {
        change(
            changes,
            request.exchange().sessionKey(),
            request.exchange().exchange().startedEpochNanos());
      }
    }
    for (SkippedExchange skipped : plan.skipped()) {
      if (!SAFE.contains(skipped.exchange().method())) {
        change(
            changes,
            skipped.exchange().sessionKey(),
            skipped.exchange().exchange().startedEpochNanos());
      }
    }
    Map<String, PlannedRequest> last = new HashMap<>();
    for (PlannedRequest request : plan.requests()) {
      if (SAFE.contains(request.exchange().method())) {
        PlannedRequest before = last.put(key(request), request);
        if (before != null && !isBetween(changes, before, request)) {
          pair.accept(before, request);
        }
      }
    }
  }

  private static void change(
      Map<Integer, NavigableSet<Long>> changes, int session, long epochNanos) {
    changes.computeIfAbsent(session, s -> new TreeSet<>()).add(epochNanos);
  }

  private static boolean isBetween(
      Map<Integer, NavigableSet<Long>> changes, PlannedRequest one, PlannedRequest other) {
    long from = one.exchange().exchange().startedEpochNanos();
    long to = other.exchange().exchange().endedEpochNanos();
    for (int session : List.of(one.exchange().sessionKey(), other.exchange().sessionKey())) {
      Long change = changes.getOrDefault(session, new TreeSet<>()).ceiling(from);
      if (change != null && change <= to) {
        return true;
      }
    }
    return false;
  }

  /** A digest, because the request holds secrets and may be long. */
  private static String key(PlannedRequest request) {
    HttpRequest recorded = request.request();
    HeaderFields headers = recorded.headers();
    StringBuilder key = new StringBuilder();
    key.append(recorded.method()).append(' ').append(recorded.authority()).append(' ');
    key.append(recorded.target()).append('\n');
    for (String name : TELLING) {
      headers.all(name).forEach(field -> key.append(name).append(field.value()).append('\n'));
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(key.toString().getBytes(StandardCharsets.UTF_8));
      recorded.body().wire().updateDigest(digest);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
