// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.redact.DefaultRedaction;
import dev.tapedeck.analyzer.redact.TextMasker;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.diff.Difference;
import dev.tapedeck.replayer.diff.RequestBodies;
import dev.tapedeck.replayer.mock.RequestCanon.Pair;
import dev.tapedeck.replayer.rules.IgnoreRule;
import dev.tapedeck.replayer.rules.MockRule;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds the recorded call that is most like a request, and says where the two differ. */
final class MissFinder {
  /** Of the calls that are next to it but for their bodies, so many bodies are compared. */
  private static final int MOST_BODIES = 32;

  private static final int MOST_FIELDS = 20;
  private static final int LONGEST_VALUE = 120;

  private static final int METHOD_WEIGHT = 40;
  private static final int SEGMENT_WEIGHT = 25;
  private static final int PARAMETER_WEIGHT = 6;
  private static final int FIELD_WEIGHT = 4;
  private static final int BODY_WEIGHT = 4;

  private final boolean includeSecrets;
  private final String url;
  private final HttpRequest request;

  MissFinder(boolean includeSecrets, String url, HttpRequest request) {
    this.includeSecrets = includeSecrets;
    this.url = url;
    this.request = request;
  }

  Miss unknownUpstream() {
    return Miss.of(Miss.Reason.UNKNOWN_UPSTREAM, request.method(), shownUrl(url));
  }

  /** Returns the miss of a request whose recorded call is known. */
  Miss about(Miss.Reason reason, RecordedCall call) {
    return miss(reason, call, List.of());
  }

  /**
   * Returns the miss of a message on a WebSocket.
   *
   * @param index of the message that was next
   * @param expected that message; null when there was none any more
   * @param message that came; null when none did
   */
  Miss message(
      RecordedCall call,
      int index,
      @Nullable StreamMessage expected,
      @Nullable StreamMessage message,
      List<MockRule> rules) {
    String path = "message[" + index + "]";
    List<Miss.Field> fields = new ArrayList<>();
    if (expected == null || message == null || expected.kind() != message.kind()) {
      String recorded = expected == null ? null : described(expected);
      fields.add(new Miss.Field(path, recorded, message == null ? null : described(message)));
    } else {
      Bytes now = message.payload().toBytes();
      List<IgnoreRule> excused =
          rules.stream().map(MockRule::asIgnoreRule).filter(Objects::nonNull).toList();
      Bytes before = expected.payload().toBytes();
      for (Difference one : RequestBodies.compareMessages(before, now, excused, includeSecrets)) {
        String inside = one.path().startsWith("body") ? one.path().substring(4) : "." + one.path();
        fields.add(new Miss.Field(path + inside, cut(one.baseline()), cut(one.actual())));
      }
      if (fields.isEmpty()) {
        fields.add(new Miss.Field(path, described(expected), described(message)));
      }
    }
    return miss(
        Miss.Reason.NO_SUCH_MESSAGE, call, fields.subList(0, Math.min(fields.size(), MOST_FIELDS)));
  }

  private static String described(StreamMessage message) {
    StreamMessage.Kind kind = message.kind();
    return (kind == null ? "unknown" : kind.jsonName())
        + ", "
        + message.payload().length()
        + " bytes";
  }

  /**
   * Returns the miss of a request that is like no call.
   *
   * @param calls of the service it is for
   * @param given calls whose answers were given already, which are less likely meant
   */
  Miss nearest(List<RecordedCall> calls, RequestCanon canon, List<MockRule> rules, BitSet given) {
    RequestCanon digested = canon.digested();
    int least = Integer.MAX_VALUE;
    List<RecordedCall> nearest = new ArrayList<>();
    for (RecordedCall call : calls) {
      int distance = distance(call.canon(), digested);
      if (distance < least) {
        least = distance;
        nearest.clear();
      }
      if (distance == least) {
        nearest.add(call);
      }
    }
    nearest.sort(Comparator.comparing(call -> given.get(call.number())));
    Miss best = null;
    for (RecordedCall call : nearest.subList(0, Math.min(nearest.size(), MOST_BODIES))) {
      Miss miss = miss(Miss.Reason.NO_SUCH_REQUEST, call, fields(call, canon, rules));
      if (best == null || miss.fields().size() < best.fields().size()) {
        best = miss;
      }
    }
    return best == null ? unknownUpstream() : best;
  }

  private Miss miss(Miss.Reason reason, RecordedCall call, List<Miss.Field> fields) {
    HttpRequest recorded = call.request();
    return new Miss(
        reason,
        request.method(),
        shownUrl(url),
        call.id(),
        recorded.method(),
        shownUrl(MockUrl.of(call.upstream(), call.exchange().connection().scheme(), recorded)),
        fields);
  }

  private String shownUrl(String address) {
    return includeSecrets ? address : TextMasker.url(address);
  }

  private static int distance(RequestCanon recorded, RequestCanon now) {
    int distance = recorded.method().equals(now.method()) ? 0 : METHOD_WEIGHT;
    distance += SEGMENT_WEIGHT * segments(recorded.path(), now.path());
    distance += PARAMETER_WEIGHT * parameters(recorded.query(), now.query());
    for (Map.Entry<String, String> field : now.fields().entrySet()) {
      String then = recorded.fields().getOrDefault(field.getKey(), "");
      distance += then.equals(field.getValue()) ? 0 : FIELD_WEIGHT;
    }
    return distance + (recorded.body().equals(now.body()) ? 0 : BODY_WEIGHT);
  }

  /** Returns how many segments of two paths differ. */
  private static int segments(String recorded, String now) {
    if (recorded.equals(now)) {
      return 0;
    }
    String[] then = recorded.split("/", -1);
    String[] today = now.split("/", -1);
    int differ = Math.abs(then.length - today.length);
    for (int i = 0; i < Math.min(then.length, today.length); i++) {
      differ += then[i].equals(today[i]) ? 0 : 1;
    }
    return differ;
  }

  private static int parameters(List<Pair> recorded, List<Pair> now) {
    if (recorded.equals(now)) {
      return 0;
    }
    List<Pair> left = new ArrayList<>(recorded);
    int differ = 0;
    for (Pair pair : now) {
      differ += left.remove(pair) ? 0 : 1;
    }
    return Math.max(differ, left.size());
  }

  private List<Miss.Field> fields(RecordedCall call, RequestCanon now, List<MockRule> rules) {
    HttpRequest whole = call.request();
    RequestCanon then = RequestCanon.of(whole, rules);
    List<Miss.Field> fields = new ArrayList<>();
    if (!then.method().equals(now.method())) {
      fields.add(new Miss.Field("method", then.method(), now.method()));
    }
    if (!then.path().equals(now.path())) {
      fields.add(new Miss.Field("path", cut(shownUrl(then.path())), cut(shownUrl(now.path()))));
    }
    pairs("query:", then.query(), now.query(), fields);
    Set<String> names = new TreeSet<>(then.fields().keySet());
    names.addAll(now.fields().keySet());
    for (String name : names) {
      String before = then.fields().getOrDefault(name, "");
      String today = now.fields().getOrDefault(name, "");
      if (!before.equals(today)) {
        boolean secret = DefaultRedaction.isSecretHeader(name);
        fields.add(
            new Miss.Field(
                "header:" + name,
                before.isEmpty() ? null : shown(before, secret),
                today.isEmpty() ? null : shown(today, secret)));
      }
    }
    if (!then.body().equals(now.body())) {
      bodies(whole, then, now, rules, fields);
    }
    return fields.subList(0, Math.min(fields.size(), MOST_FIELDS));
  }

  private void bodies(
      HttpRequest whole,
      RequestCanon then,
      RequestCanon now,
      List<MockRule> rules,
      List<Miss.Field> fields) {
    boolean forms = then.body().kind().equals("form") && now.body().kind().equals("form");
    if (forms) {
      pairs("form:", then.body().pairs(), now.body().pairs(), fields);
      return;
    }
    List<IgnoreRule> excused =
        rules.stream().map(MockRule::asIgnoreRule).filter(Objects::nonNull).toList();
    Bytes before = RequestCanon.content(whole.body());
    Bytes today = RequestCanon.content(request.body());
    List<Difference> differences =
        RequestBodies.compare(whole.headers(), before, today, excused, includeSecrets);
    for (Difference one : differences) {
      fields.add(new Miss.Field(one.path(), cut(one.baseline()), cut(one.actual())));
    }
    if (differences.isEmpty()) {
      fields.add(new Miss.Field("body", before.length() + " bytes", today.length() + " bytes"));
    }
  }

  /** Adds the names whose values differ. */
  private void pairs(String prefix, List<Pair> recorded, List<Pair> now, List<Miss.Field> fields) {
    Map<String, List<String>> then = byName(recorded);
    Map<String, List<String>> today = byName(now);
    Set<String> names = new TreeSet<>(then.keySet());
    names.addAll(today.keySet());
    for (String name : names) {
      List<String> before = then.get(name);
      List<String> actual = today.get(name);
      if (!Objects.equals(before, actual)) {
        boolean secret = DefaultRedaction.isSecretParameter(name);
        fields.add(
            new Miss.Field(
                prefix + name,
                before == null ? null : shown(String.join(", ", before), secret),
                actual == null ? null : shown(String.join(", ", actual), secret)));
      }
    }
  }

  private static Map<String, List<String>> byName(List<Pair> pairs) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (Pair pair : pairs) {
      values.computeIfAbsent(pair.name(), unused -> new ArrayList<>()).add(pair.value());
    }
    return values;
  }

  private @Nullable String shown(String value, boolean secret) {
    if (includeSecrets) {
      return cut(value);
    }
    return secret ? DefaultRedaction.MASK : cut(TextMasker.field(value));
  }

  private static @Nullable String cut(@Nullable String value) {
    return value == null || value.length() <= LONGEST_VALUE
        ? value
        : value.substring(0, LONGEST_VALUE) + "...";
  }
}
