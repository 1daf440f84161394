// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.replayer.capture.RecordedCapture;
import dev.tapedeck.replayer.diff.SameBytes;
import dev.tapedeck.replayer.websocket.ServerScript;
import dev.tapedeck.replayer.websocket.WebSocketScript;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The recorded calls, and which of their answers were given.
 *
 * <p>An answer is given to a request that is like the recorded one in all that counts, see {@link
 * RequestCanon}, or like it up to values that are called otherwise now, see {@link Names}; the
 * answer then has their names of now. Of several such calls each is answered once, in this order:
 * those recorded while an exchange was served that is served now, those with more of the request's
 * header fields, the earlier ones.
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

  private static final Comparator<RecordedCall> BY_TIME =
      Comparator.comparingInt(RecordedCall::number);

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

  /** By the one exchange that was served when they were made. */
  private final Map<Set<String>, List<RecordedCall>> byInbound = new HashMap<>();

  /** Calls whose answer was given; guarded by this. */
  private final BitSet given = new BitSet();

  /** What was found out about calls, by their numbers; guarded by this. */
  private final Map<List<Integer>, Boolean> answeredAlike = new HashMap<>();

  /** Exchanges during which calls were made that were answered; guarded by this. */
  private final Set<String> begun = new HashSet<>();

  /** Guarded by this. */
  private final Names names;

  /** Guarded by this. */
  private final CallTexts texts;

  /** Guarded by this. */
  private final RenamedCalls renamed;

  /** Guarded by this. */
  private final Credentials credentials;

  /** Guarded by this. */
  private final Hypotheses hypotheses;

  private boolean firstsKnown;

  private record Like(Upstream upstream, RequestCanon canon) {}

  private record Ranked(RecordedCall call, int tie, int fields, int notAskedBefore) {}

  private static final Comparator<Ranked> BY_RANK =
      Comparator.comparingInt(Ranked::tie)
          .thenComparing(Comparator.comparingInt(Ranked::fields).reversed())
          .thenComparingInt(Ranked::notAskedBefore);

  /** Reads the calls of captures. */
  public CallBook(List<RecordedCapture> captures, MockOptions options, LiveCalls live) {
    this.options = options;
    this.live = live;
    this.names = new Names(live, captures, this::isDue);
    this.texts = new CallTexts(options.rules());
    this.renamed = new RenamedCalls(names, texts);
    this.credentials = new Credentials(captures, names);
    this.hypotheses = new Hypotheses(names, renamed, credentials, this::of, this::tie, given);
    CallFinder finder = new CallFinder(options.rules(), options.filter(), options.notOf());
    this.calls = List.copyOf(finder.find(captures));
    this.leftOut = Map.copyOf(finder.leftOut());
    for (RecordedCall call : calls) {
      byUpstream.computeIfAbsent(call.upstream(), unused -> new ArrayList<>()).add(call);
      if (call.inbound().size() == 1) {
        byInbound.computeIfAbsent(call.inbound(), unused -> new ArrayList<>()).add(call);
      }
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

  /**
   * Returns whether calls of that target are held message by message: in some that were recorded
   * both sides talked at once.
   */
  public boolean talksBothWays(@Nullable Upstream meant, String target) {
    Upstream upstream = meant == null ? null : find(meant);
    return upstream != null
        && of(upstream).stream()
            .anyMatch(
                call -> call.canon().path().equals(target) && TwoWayCall.isIn(call.exchange()));
  }

  /**
   * Chooses the recorded call that a client begins, in which both sides may talk at once.
   *
   * @param request its head
   * @param said what the client has said already
   * @param certainly whether there is nothing to wait for any more
   * @return null when what the client says first will tell more, and it need not wait for an answer
   *     before that
   */
  public synchronized @Nullable Verdict talk(
      @Nullable Upstream meant,
      String url,
      HttpRequest request,
      List<StreamMessage> said,
      boolean certainly) {
    Upstream upstream = meant == null ? null : find(meant);
    MissFinder misses = new MissFinder(options.includeSecrets(), url, request);
    if (upstream == null) {
      return new Verdict.None(misses.unknownUpstream());
    }
    var rules = CallFinder.rulesFor(options.rules(), upstream, request);
    RequestCanon canon = RequestCanon.of(request, rules);
    Map<RecordedCall, ServerScript> scripts = scripts(upstream, canon);
    if (scripts.isEmpty()) {
      return new Verdict.None(misses.nearest(of(upstream), canon, rules, given));
    }
    boolean repeated = scripts.keySet().stream().allMatch(call -> given.get(call.number()));
    if (repeated) {
      List<RecordedCall> all = List.copyOf(scripts.keySet());
      RecordedCall last = all.get(all.size() - 1);
      if (usedUp(all, request) == null) {
        return new Verdict.None(misses.about(Miss.Reason.USED_UP, last));
      }
      if (options.usedUp() != UsedUp.AGAIN) {
        given.clear(last.number());
      }
    }
    scripts.keySet().removeIf(call -> given.get(call.number()));
    Map<RecordedCall, ServerScript> fitting = new LinkedHashMap<>(scripts);
    fitting.values().removeIf(script -> !begins(script.heard(), said));
    boolean due =
        fitting.entrySet().stream()
            .anyMatch(e -> TwoWayCall.awaitedByHead(e.getKey(), e.getValue()) <= said.size());
    if (!certainly && !due) {
      return null;
    }
    // What is like none is told by what it says: the miss names the message.
    Ranked best = best(fitting.isEmpty() ? scripts.keySet() : fitting.keySet(), request);
    if (best == null) {
      return new Verdict.None(misses.unknownUpstream());
    }
    RecordedCall call = best.call();
    given.set(call.number());
    begun.addAll(call.inbound());
    HttpResponse answer =
        names.any()
            ? RenamedAnswer.of(call, word -> names.nowOf(word, Map.of()), Map.of())
            : call.response();
    Conversation conversation =
        new Conversation(this, call, url, Objects.requireNonNull(scripts.get(call), "script"));
    return new Verdict.Talk(
        new Verdict.Hit(call, answer, null, repeated, best.tie() == ELSEWHERE),
        TwoWayCall.of(conversation, call));
  }

  /** Returns the calls, by time, that a request with that head may begin. */
  private Map<RecordedCall, ServerScript> scripts(Upstream upstream, RequestCanon now) {
    Map<RecordedCall, ServerScript> scripts = new LinkedHashMap<>();
    for (RecordedCall call : of(upstream)) {
      ServerScript script =
          call.unservable() == null && call.canon().isSameHead(now)
              ? TwoWayCall.script(call.exchange())
              : null;
      if (script != null) {
        scripts.put(call, script);
      }
    }
    return scripts;
  }

  private boolean begins(List<StreamMessage> recorded, List<StreamMessage> said) {
    for (int i = 0; i < said.size(); i++) {
      if (i >= recorded.size() || foundIn(recorded.get(i), said.get(i), true) == null) {
        return false;
      }
    }
    return true;
  }

  /** Forgets which answers were given. */
  public synchronized void startOver() {
    given.clear();
    begun.clear();
    names.clear();
    hypotheses.clear();
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
    hypotheses.reconcile();
    List<Credentials.Line> own = Credentials.in(request);
    Map<RecordedCall, Map<String, String>> named = candidates(upstream, canon, own);
    Ranked best = best(named.keySet(), request);
    boolean repeated = false;
    if (best == null) {
      Rematch.Place moved =
          hypotheses.find(upstream, canon, own, call -> !condition(call, request));
      if (moved != null) {
        named = Map.of(moved.call(), Rematch.changed(moved.names()));
        best = new Ranked(moved.call(), tie(moved.call()), 0, 0);
      } else {
        named = named.isEmpty() ? lastResort(upstream, canon) : named;
        best = best(named.keySet(), request);
      }
    }
    if (named.isEmpty()) {
      return new Verdict.None(misses.nearest(of(upstream), canon, rules, given));
    }
    if (best == null) {
      List<RecordedCall> candidates = named.keySet().stream().sorted(BY_TIME).toList();
      RecordedCall again = usedUp(candidates, request);
      if (again == null) {
        RecordedCall last = candidates.get(candidates.size() - 1);
        return new Verdict.None(misses.about(Miss.Reason.USED_UP, last));
      }
      best = new Ranked(again, tie(again), 0, 0);
      repeated = true;
    }
    RecordedCall call = best.call();
    given.set(call.number());
    if (call.unservable() != null || condition(call, request)) {
      Miss.Reason reason =
          call.unservable() != null ? Miss.Reason.NO_ANSWER : Miss.Reason.NO_SUCH_REQUEST;
      return new Verdict.None(misses.about(reason, call));
    }
    HttpResponse answer = give(call, canon, own, named, repeated);
    ServerScript script =
        WebSocketScript.isIn(call.exchange()) ? ServerScript.of(call.exchange()) : null;
    return new Verdict.Hit(
        call,
        answer,
        script == null ? null : new Conversation(this, call, url, script),
        repeated,
        best.tie() == ELSEWHERE);
  }

  /** Makes the answer with the names of now, and keeps what it was given for. */
  private HttpResponse give(
      RecordedCall call,
      RequestCanon canon,
      List<Credentials.Line> lines,
      Map<RecordedCall, Map<String, String>> named,
      boolean repeated) {
    Map<String, String> own = named.getOrDefault(call, Map.of());
    hypotheses.renew(call, Names.lasting(own));
    names.learn(own);
    begun.addAll(call.inbound());
    Map<String, String> said = new HashMap<>();
    HttpResponse answer =
        names.any() ? RenamedAnswer.of(call, word -> nowIn(word, own, said), own) : call.response();
    Map<String, String> used = new HashMap<>(own);
    used.putAll(said);
    if (repeated) {
      names.learn(used);
      return answer;
    }
    Map<String, String> alternatives = new HashMap<>();
    named.forEach(
        (other, theirs) -> {
          if (other.number() != call.number() && alternatives.size() < MOST_COMPARED) {
            alternatives.putAll(Names.lasting(theirs));
          }
        });
    hypotheses.add(
        new Asked(canon, lines, call, answer, Names.lasting(used), alternatives, !said.isEmpty()));
    return answer;
  }

  private @Nullable String nowIn(String word, Map<String, String> own, Map<String, String> said) {
    String now = names.nowOf(word, own);
    if (now != null) {
      said.put(word, now);
    }
    return now;
  }

  private List<RecordedCall> of(Upstream upstream) {
    return byUpstream.getOrDefault(upstream, List.of());
  }

  /**
   * A value that the service makes up gets its name where it was said first: a call that follows
   * from that one cannot be the first to say it.
   */
  private boolean isDue(String value, RecordedCall call) {
    if (!firstsKnown) {
      texts.noteFirsts(calls, names.ownValues()::isOwn);
      firstsKnown = true;
    }
    RecordedCall first = calls.get(texts.first(value, call));
    return first.number() == call.number()
        || given.get(first.number())
        || first.unservable() != null
        || first.exchange().endedEpochNanos() > call.exchange().startedEpochNanos();
  }

  /**
   * Returns whether two messages on a WebSocket are the same, up to names.
   *
   * @param madeUp whether values may be new ones that the service has made up
   */
  synchronized boolean isSame(StreamMessage recorded, StreamMessage now, boolean madeUp) {
    Map<String, String> found = foundIn(recorded, now, madeUp);
    if (found != null) {
      names.settle(found);
    }
    return found != null;
  }

  /** Returns the names by which two messages are the same; null when they are not. */
  private @Nullable Map<String, String> foundIn(
      StreamMessage recorded, StreamMessage now, boolean madeUp) {
    if (recorded.kind() != now.kind()) {
      return null;
    }
    if (SameBytes.ropes(recorded.payload(), now.payload())) {
      return Map.of();
    }
    if (recorded.payload().length() > Conversation.MAX_TEXT_BYTES
        || now.payload().length() > Conversation.MAX_TEXT_BYTES) {
      return null;
    }
    Names.Comparison comparison = madeUp ? names.guessing(null) : names.known();
    boolean same = comparison.same(RequestCanon.message(recorded), RequestCanon.message(now));
    return same ? comparison.found() : null;
  }

  /** Returns the miss of a message on a WebSocket that the recorded client did not send. */
  Miss missOf(
      RecordedCall call,
      String url,
      int index,
      @Nullable StreamMessage expected,
      @Nullable StreamMessage message) {
    HttpRequest request = call.request();
    return new MissFinder(options.includeSecrets(), url, request)
        .message(
            call,
            index,
            expected,
            message,
            CallFinder.rulesFor(options.rules(), call.upstream(), request));
  }

  /** Takes back what was assumed of names, if the replay says otherwise by now. */
  synchronized void reconcile() {
    hypotheses.reconcile();
  }

  /** Hears what stands in an answer of the service now where long recorded values stood. */
  synchronized void hear(Map<String, String> shown) {
    hypotheses.hear(shown);
  }

  /** Returns whether every value may still be called what it was. */
  synchronized boolean allStay() {
    return !names.arePermuted();
  }

  /** Returns whether a value may still be called what it was: whether no other one is. */
  synchronized boolean stays(String recorded) {
    return names.stays(recorded);
  }

  /** Returns what requests have taught of how a value is called now. */
  public synchronized Set<String> namesOf(String recorded) {
    String now = names.taught(recorded);
    return now == null ? Set.of() : Set.of(now);
  }

  /** Returns what a long recorded value is called now; null when it is called what it was. */
  synchronized @Nullable String nowOf(String recorded) {
    return names.nowOf(recorded, Map.of());
  }

  /** RFC 6455, section 4.1; over HTTP/2 RFC 8441, section 5. */
  private static boolean isUpgrade(HttpRequest request) {
    if (RequestCanon.isExtendedConnect(request)) {
      return true;
    }
    HeaderField upgrade = request.headers().first("upgrade");
    return upgrade != null && upgrade.value().strip().equalsIgnoreCase("websocket");
  }

  /**
   * An answer to a condition is none to a request without it (RFC 9110, section 13), nor is that to
   * an upgrade one to a request that asks for none.
   */
  private static boolean condition(RecordedCall call, HttpRequest request) {
    int status = call.response().status();
    if (WebSocketScript.isIn(call.exchange())) {
      return !isUpgrade(request);
    }
    if (status != NOT_MODIFIED && status != PRECONDITION_FAILED) {
      return false;
    }
    return CONDITIONS.stream()
        .anyMatch(
            name ->
                (call.request().headers().first(name) == null)
                    != (request.headers().first(name) == null));
  }

  /** Returns the calls that a request is like, with the names by which it is. */
  private Map<RecordedCall, Map<String, String>> candidates(
      Upstream upstream, RequestCanon canon, List<Credentials.Line> lines) {
    Map<RecordedCall, Map<String, String>> found = new LinkedHashMap<>();
    // When answers were given for one another, what was recorded so may mean another one now.
    if (!names.arePermuted()) {
      found.putAll(asRecorded(upstream, canon));
    }
    List<RecordedCall> own = of(upstream);
    if (names.any()) {
      renamed.known(own, canon).forEach(found::putIfAbsent);
    }
    if (found.isEmpty()) {
      found.putAll(renamed.madeUp(own, canon));
    }
    List<RecordedCall> ofClient = credentials.sameClient(found.keySet(), lines);
    if (ofClient.size() < found.size()) {
      found.keySet().retainAll(Set.copyOf(ofClient));
    }
    return found;
  }

  private Map<RecordedCall, Map<String, String>> asRecorded(Upstream upstream, RequestCanon canon) {
    Map<RecordedCall, Map<String, String>> found = new LinkedHashMap<>();
    for (RecordedCall call : alike.getOrDefault(new Like(upstream, canon.digested()), List.of())) {
      found.put(call, Map.of());
    }
    return found;
  }

  /** What is as recorded is, whatever it is called; and a service may begin anew. */
  private Map<RecordedCall, Map<String, String>> lastResort(Upstream upstream, RequestCanon canon) {
    Map<RecordedCall, Map<String, String>> found = asRecorded(upstream, canon);
    if (!found.isEmpty() || options.usedUp() != UsedUp.AGAIN) {
      return found;
    }
    return renamed.again(of(upstream), canon);
  }

  /**
   * Whether a call was recorded while something was served that is served now. When nothing is
   * known of that, what has begun to be served goes before what has not.
   */
  private int tie(RecordedCall call) {
    Set<String> inFlight = live.inFlight();
    if (call.inbound().isEmpty()) {
      return UNKNOWN;
    } else if (inFlight.isEmpty()) {
      return call.inbound().stream().anyMatch(begun::contains) ? HERE : UNKNOWN;
    }
    return call.inbound().stream().anyMatch(inFlight::contains) ? HERE : ELSEWHERE;
  }

  private @Nullable Ranked best(Set<RecordedCall> unsorted, HttpRequest request) {
    Ranked best = null;
    int compared = 0;
    for (RecordedCall call : unsorted.stream().sorted(BY_TIME).toList()) {
      if (given.get(call.number())) {
        continue;
      }
      if (++compared > MOST_COMPARED && best != null && best.tie() != ELSEWHERE) {
        break;
      }
      Ranked ranked = new Ranked(call, tie(call), sameFields(call, request), notAskedBefore(call));
      if (best == null || BY_RANK.compare(ranked, best) < 0) {
        best = ranked;
      }
    }
    return best;
  }

  /**
   * Returns how many calls that were made for the same before it were not asked for yet: who has
   * not come that far does not ask for what follows.
   */
  private int notAskedBefore(RecordedCall call) {
    List<RecordedCall> same = byInbound.getOrDefault(call.inbound(), List.of());
    if (same.size() > MOST_COMPARED) {
      return 0;
    }
    int count = 0;
    for (RecordedCall one : same) {
      boolean before = one.exchange().endedEpochNanos() <= call.exchange().startedEpochNanos();
      count += before && one.unservable() == null && !given.get(one.number()) ? 1 : 0;
    }
    return count;
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
