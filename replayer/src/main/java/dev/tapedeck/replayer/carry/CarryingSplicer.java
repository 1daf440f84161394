// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.carry;

import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.compare.Answers;
import dev.tapedeck.replayer.engine.AnswerListener;
import dev.tapedeck.replayer.engine.HostSplicer;
import dev.tapedeck.replayer.engine.Http2Requests;
import dev.tapedeck.replayer.engine.OutgoingRequest;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.engine.RequestSplicer;
import dev.tapedeck.replayer.flow.Flow;
import dev.tapedeck.replayer.flow.LiveFlows;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.SelectedExchange;
import dev.tapedeck.replayer.result.FailureReason;
import dev.tapedeck.replayer.rules.RewriteRule;
import dev.tapedeck.replayer.splice.EditableRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes requests of recorded ones: first the values that live answers minted, then the target's
 * host, then the rules, which have the last word.
 *
 * <p>A request that carries a value which no live answer gave is not sent: with the recorded value
 * it would ask for what the target does not know, or for something else.
 *
 * <p><b>Threads:</b> any.
 */
public final class CarryingSplicer implements RequestSplicer, AnswerListener {
  private static final List<String> HOSTS = List.of("host", ":authority");

  private final ReplayOptions options;
  private final List<RewriteRule> rules;
  private final HostSplicer plain;
  private final LiveFlows live;
  private final ReplayPlan plan;
  private final Map<Integer, String> missing = new ConcurrentHashMap<>();

  /** Makes the splicer of one replay. */
  public CarryingSplicer(PlannedFlows flows, List<RewriteRule> rules, ReplayOptions options) {
    this.options = options;
    this.rules = List.copyOf(rules);
    this.plain = new HostSplicer(options);
    this.plan = flows.plan();
    List<PlannedRequest> requests = plan.requests();
    this.live = new LiveFlows(flows.flows(), n -> requests.get(n).exchange().whole());
  }

  @Override
  public OutgoingRequest splice(PlannedRequest request, HttpRequest recorded) {
    int number = request.number();
    Flow lost = live.missing(number);
    if (lost != null) {
      String mint = plan.requests().get(lost.mint()).exchange().id();
      missing.put(
          number, "flow_missing: " + lost.extractors().get(0) + " of the answer to " + mint);
      return new OutgoingRequest.Withheld(FailureReason.FLOW_MISSING);
    }
    List<RewriteRule> own =
        rules.stream().filter(r -> r.isFor(recorded.method(), recorded.target())).toList();
    if (own.isEmpty() && !live.changes(number)) {
      return plain.splice(request, recorded);
    }
    EditableRequest changed = new EditableRequest(recorded);
    live.write(number, changed);
    if (!options.keepHost()) {
      for (String name : HOSTS) {
        for (int i = changed.values(name).size() - 1; i >= 0; i--) {
          changed.value(name, i, options.target().authority());
        }
      }
    }
    own.forEach(rule -> rule.apply(changed));
    return request.multiplexed()
        ? http2(request, changed)
        : new OutgoingRequest.Http1(changed.http1());
  }

  private OutgoingRequest http2(PlannedRequest request, EditableRequest changed) {
    OutgoingRequest.Http2 same =
        Http2Requests.of(
            changed.recorded(),
            request.exchange().exchange(),
            options.target(),
            options.keepHost());
    List<Bytes> contents =
        changed.parts(same.pieces().stream().map(OutgoingRequest.Piece::bytes).toList());
    List<OutgoingRequest.Piece> pieces = new ArrayList<>();
    for (int i = 0; i < contents.size(); i++) {
      pieces.add(new OutgoingRequest.Piece(same.pieces().get(i).afterNanos(), contents.get(i)));
    }
    List<OutgoingRequest.Line> lines = new ArrayList<>();
    for (EditableRequest.Field field : changed.fields()) {
      String name = field.name().toLowerCase(Locale.ROOT);
      String value =
          switch (name) {
            case ":path" -> changed.target();
            case ":scheme" -> options.target().tls() ? "https" : "http";
            default -> field.value();
          };
      lines.add(new OutgoingRequest.Line(name, value));
    }
    return new OutgoingRequest.Http2(lines, pieces, same.trailers());
  }

  @Override
  public void answered(PlannedRequest request, HttpResponse answer) {
    SelectedExchange recorded = request.exchange();
    if (live.isConcerned(request.number(), recorded.method(), recorded.target())) {
      live.answered(request.number(), Answers.decoded(answer));
    }
  }

  @Override
  public @Nullable Bytes message(PlannedRequest request, int index, Bytes recorded) {
    String before = recorded.toLatin1();
    String now = live.message(request.number(), index, before);
    if (now == null) {
      return null;
    }
    return now.equals(before) ? recorded : Bytes.latin1(now);
  }

  @Override
  public boolean hasSaidAll(PlannedRequest request) {
    return live.hasHeardAll(request.number());
  }

  @Override
  public void heard(PlannedRequest request, int index, StreamMessage message) {
    if (message.kind() == StreamMessage.Kind.TEXT) {
      live.heard(request.number(), index, message.payload().toBytes().toLatin1());
    }
  }

  /** Returns what was missing, by the requests' numbers. After the run. */
  public Map<Integer, String> missing() {
    return missing;
  }

  /** Returns what a recorded value may be called now; it grows during the replay. */
  public Set<String> namesOf(String recorded) {
    return live.names().getOrDefault(recorded, Set.of());
  }

  /** Returns what recorded values are called now; it grows during the replay. */
  public Map<String, Set<String>> names() {
    return live.names();
  }
}
