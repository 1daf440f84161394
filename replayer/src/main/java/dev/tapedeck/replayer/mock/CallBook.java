// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.replayer.capture.RecordedCapture;
import dev.tapedeck.replayer.diff.Synonyms;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The recorded calls, and which of their answers were given.
 *
 * <p>An answer is given to a request that is like the recorded one in all that counts, see {@link
 * RequestCanon}, or like it up to values that a replay knows to be called otherwise now. Of several
 * such calls each is answered once, in this order: those recorded while an exchange was served that
 * is served now, those with more of the request's header fields, the earlier ones.
 *
 * <p><b>Threads:</b> any; one request at a time.
 */
public final class CallBook {
  private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

  /** Of more calls that are alike the fields of the others are not looked at. */
  private static final int MOST_COMPARED = 64;

  private static final int NOT_MODIFIED = 304;
  private static final int PRECONDITION_FAILED = 412;
  private static final List<String> CONDITIONS =
      List.of("if-none-match", "if-modified-since", "if-match", "if-unmodified-since");

  private static final int HERE = 0;
  private static final int UNKNOWN = 1;
  private static final int ELSEWHERE = 2;

  private final MockOptions options;
  private final LiveCalls live;
  private final List<RecordedCall> calls;
  private final Map<String, Integer> leftOut;
  private final Map<Upstream, List<RecordedCall>> byUpstream = new TreeMap<>();
  private final Map<Like, List<RecordedCall>> alike = new HashMap<>();
  private final Map<Upstream, Upstream> otherNames = new HashMap<>();

  /** Calls whose answer was given; guarded by this. */
  private final BitSet given = new BitSet();

  /** What was found out about calls, by their numbers; guarded by this. */
  private final Map<List<Integer>, Boolean> answeredAlike = new HashMap<>();

  private record Like(Upstream upstream, RequestCanon canon) {}

  private record Ranked(RecordedCall call, int tie, int fields) {}

  /** Reads the calls of captures. */
  public CallBook(List<RecordedCapture> captures, MockOptions options, LiveCalls live) {
    this.options = options;
    this.live = live;
    CallFinder finder = new CallFinder(options.rules(), options.filter(), options.notOf());
    this.calls = List.copyOf(finder.find(captures));
    this.leftOut = Map.copyOf(finder.leftOut());
    for (RecordedCall call : calls) {
      byUpstream.computeIfAbsent(call.upstream(), unused -> new ArrayList<>()).add(call);
      alike
          .computeIfAbsent(new Like(call.upstream(), call.canon()), unused -> new ArrayList<>())
          .add(call);
    }
    nameByAddress();
  }

  /**
   * A service may be asked for by the address that the capture saw it at, or by the port behind its
   * name: where only one service is meant by that.
   */
  private void nameByAddress() {
    Map<Upstream, Set<Upstream>> names = new HashMap<>();
    for (RecordedCall call : calls) {
      var server = call.exchange().connection().server();
      Upstream own = call.upstream();
      if (server.port() > 0) {
        names
            .computeIfAbsent(new Upstream(own.host(), server.port()), unused -> new TreeSet<>())
            .add(own);
        if (!server.address().isEmpty()) {
          names
              .computeIfAbsent(
                  new Upstream(server.address(), server.port()), unused -> new TreeSet<>())
              .add(own);
        }
      }
    }
    names.forEach(
        (name, meant) -> {
          if (meant.size() == 1 && !byUpstream.containsKey(name)) {
            otherNames.put(name, meant.iterator().next());
          }
        });
  }

  /** Returns how many calls there are. */
  public int size() {
    return calls.size();
  }

  /**
   * Returns how many recorded exchanges have no request to match or no answer to give, by reason.
   */
  public Map<String, Integer> leftOut() {
    return new TreeMap<>(leftOut);
  }

  /** Returns the recorded services in the order of their names, with how many calls each has. */
  public Map<Upstream, Integer> upstreams() {
    Map<Upstream, Integer> counts = new TreeMap<>();
    byUpstream.forEach((upstream, own) -> counts.put(upstream, own.size()));
    return Collections.unmodifiableMap(counts);
  }

  /** Returns the recorded service that a name means; null when nothing was recorded of it. */
  public @Nullable Upstream find(Upstream name) {
    return byUpstream.containsKey(name) ? name : otherNames.get(name);
  }

  /** Returns whether a service was asked over HTTP/2. */
  public boolean speaksHttp2(Upstream upstream) {
    return byUpstream.getOrDefault(upstream, List.of()).stream()
        .anyMatch(call -> call.exchange().protocol().equals("HTTP/2"));
  }

  /** Forgets which answers were given. */
  public synchronized void startOver() {
    given.clear();
  }

  /** Returns how many calls that have an answer were not asked for. */
  public synchronized int unasked() {
    int unasked = 0;
    for (RecordedCall call : calls) {
      unasked += call.unservable() == null && !given.get(call.number()) ? 1 : 0;
    }
    return unasked;
  }

  /**
   * Chooses the answer to a request.
   *
   * @param meant whom it is for; null when it does not say
   * @param url of the request, for reports
   * @param request whole, with its body
   */
  public synchronized Verdict answer(@Nullable Upstream meant, String url, HttpRequest request) {
    Upstream upstream = meant == null ? null : find(meant);
    MissFinder misses = new MissFinder(options.includeSecrets(), url, request);
    if (upstream == null) {
      return new Verdict.None(misses.unknownUpstream());
    }
    var rules = CallFinder.rulesFor(options.rules(), upstream, request);
    RequestCanon canon = RequestCanon.of(request, rules);
    List<RecordedCall> candidates = candidates(upstream, canon);
    if (candidates.isEmpty()) {
      List<RecordedCall> own = byUpstream.getOrDefault(upstream, List.of());
      return new Verdict.None(misses.nearest(own, canon, rules, given));
    }
    Ranked best = best(candidates, request);
    boolean repeated = false;
    if (best == null) {
      RecordedCall again = usedUp(candidates, request);
      if (again == null) {
        RecordedCall last = candidates.get(candidates.size() - 1);
        return new Verdict.None(misses.about(Miss.Reason.USED_UP, last));
      }
      best = new Ranked(again, tie(again), 0);
      repeated = true;
    }
    RecordedCall call = best.call();
    given.set(call.number());
    if (call.unservable() != null || condition(call, request)) {
      Miss.Reason reason =
          call.unservable() != null ? Miss.Reason.NO_ANSWER : Miss.Reason.NO_SUCH_REQUEST;
      return new Verdict.None(misses.about(reason, call));
    }
    return new Verdict.Hit(call, repeated, best.tie() == ELSEWHERE);
  }

  /** An answer to a condition is none to a request without it (RFC 9110, section 13). */
  private static boolean condition(RecordedCall call, HttpRequest request) {
    int status = call.response().status();
    if (status != NOT_MODIFIED && status != PRECONDITION_FAILED) {
      return false;
    }
    return CONDITIONS.stream()
        .anyMatch(
            name ->
                (call.request().headers().first(name) == null)
                    != (request.headers().first(name) == null));
  }

  private List<RecordedCall> candidates(Upstream upstream, RequestCanon canon) {
    List<RecordedCall> same = alike.getOrDefault(new Like(upstream, canon.digested()), List.of());
    if (live.synonyms() == Synonyms.NONE) {
      return same;
    }
    List<RecordedCall> renamed = new ArrayList<>(same);
    for (RecordedCall call : byUpstream.getOrDefault(upstream, List.of())) {
      if (!same.contains(call) && isRenamed(call, canon)) {
        renamed.add(call);
      }
    }
    return renamed;
  }

  /** Returns whether the call was recorded with other names for the same values. */
  private boolean isRenamed(RecordedCall call, RequestCanon now) {
    RequestCanon recorded = call.canon();
    Synonyms synonyms = live.synonyms();
    if (!recorded.method().equals(now.method())
        || !recorded.body().kind().equals(now.body().kind())
        || !same(synonyms, recorded.path(), now.path())
        || !same(synonyms, RequestCanon.text(recorded.query()), RequestCanon.text(now.query()))
        || !same(
            synonyms,
            RequestCanon.text(recorded.body().pairs()),
            RequestCanon.text(now.body().pairs()))) {
      return false;
    }
    for (Map.Entry<String, String> field : now.fields().entrySet()) {
      String then = recorded.fields().getOrDefault(field.getKey(), "");
      if (!same(synonyms, then, field.getValue())) {
        return false;
      }
    }
    if (recorded.body().equals(now.digested().body())) {
      return true;
    }
    HttpRequest whole = call.request();
    var rules = CallFinder.rulesFor(options.rules(), call.upstream(), whole);
    return same(synonyms, RequestCanon.of(whole, rules).body().text(), now.body().text());
  }

  private static boolean same(Synonyms synonyms, String recorded, String now) {
    return recorded.equals(now)
        || synonyms.of(recorded).contains(now)
        || synonyms.sameWords(recorded, now);
  }

  /** Whether a call was recorded while something was served that is served now. */
  private int tie(RecordedCall call) {
    Set<String> inFlight = live.inFlight();
    if (call.inbound().isEmpty() || inFlight.isEmpty()) {
      return UNKNOWN;
    }
    return call.inbound().stream().anyMatch(inFlight::contains) ? HERE : ELSEWHERE;
  }

  private @Nullable Ranked best(List<RecordedCall> candidates, HttpRequest request) {
    Ranked best = null;
    int compared = 0;
    for (RecordedCall call : candidates) {
      if (given.get(call.number())) {
        continue;
      }
      if (++compared > MOST_COMPARED && best != null && best.tie() != ELSEWHERE) {
        break;
      }
      Ranked ranked = new Ranked(call, tie(call), sameFields(call, request));
      if (best == null
          || ranked.tie() < best.tie()
          || (ranked.tie() == best.tie() && ranked.fields() > best.fields())) {
        best = ranked;
      }
    }
    return best;
  }

  /** Returns how many lines of the request's head were recorded too. */
  private static int sameFields(RecordedCall call, HttpRequest request) {
    int same = 0;
    var recorded = call.exchange().request();
    for (HeaderField field : request.headers().toList()) {
      if (recorded != null) {
        same +=
            recorded.headers().all(field.name()).stream()
                    .anyMatch(one -> one.value().equals(field.value()))
                ? 1
                : 0;
      }
    }
    return same;
  }

  private @Nullable RecordedCall usedUp(List<RecordedCall> candidates, HttpRequest request) {
    RecordedCall last = candidates.get(candidates.size() - 1);
    return switch (options.usedUp()) {
      case MISS -> null;
      case LAST -> last;
      case AGAIN -> {
        candidates.forEach(call -> given.clear(call.number()));
        yield candidates.get(0);
      }
      case AUTO -> SAFE_METHODS.contains(request.method()) && areAlike(candidates) ? last : null;
    };
  }

  private boolean areAlike(List<RecordedCall> candidates) {
    return answeredAlike.computeIfAbsent(
        candidates.stream().map(RecordedCall::number).toList(),
        unused -> areAnsweredAlike(candidates));
  }

  /** Returns whether all of the calls were answered alike, but for the time of day. */
  private static boolean areAnsweredAlike(List<RecordedCall> candidates) {
    RecordedCall first = candidates.get(0);
    for (RecordedCall call : candidates) {
      if (call.unservable() != null
          || first.unservable() != null
          || (call.number() != first.number()
              && !Answers.alike(first.response(), call.response()))) {
        return false;
      }
    }
    return true;
  }
}
