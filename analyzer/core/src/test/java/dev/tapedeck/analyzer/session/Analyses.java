// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalysisStats;
import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.ByteAccounting;
import dev.tapedeck.analyzer.ByteMap;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.StreamEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs analyses in tests, checks what must hold for each, and renders results for comparison. */
public final class Analyses {
  private Analyses() {}

  /** Analyzes a script, each end on its own. */
  public static List<Session> analyze(EventScript script) {
    return analyze(script.events(), AnalyzerOptions.newBuilder().bothEnds(true).build());
  }

  /** Analyzes events, each end on its own. */
  public static List<Session> analyzeEachEnd(List<CaptureEvent> events) {
    return analyze(events, AnalyzerOptions.newBuilder().bothEnds(true).build());
  }

  /** Analyzes events and checks that every captured byte is accounted for. */
  public static List<Session> analyze(List<CaptureEvent> events, AnalyzerOptions options) {
    List<Session> sessions = new ArrayList<>();
    try {
      AnalysisStats stats = new SessionAnalyzer(options).analyze(source(events), sessions::add);
      if (options.bothEnds()) {
        checkAccounting(events, sessions, stats);
      }
      sessions.forEach(Analyses::checkCoverage);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sessions;
  }

  /** Returns events as a source that leaves the payload out where none is asked for. */
  public static EventSource source(List<CaptureEvent> events) {
    return (projection, visitor) -> {
      for (CaptureEvent event : events) {
        visitor.event(projection == Projection.METADATA ? withoutPayload(event) : event);
      }
    };
  }

  private static CaptureEvent withoutPayload(CaptureEvent event) {
    return event instanceof StreamEvent.Data data
        ? new StreamEvent.Data(
            data.stamp(),
            data.stream(),
            data.position(),
            data.originalLength(),
            data.capturedLength(),
            null,
            data.call())
        : event;
  }

  private static void checkAccounting(
      List<CaptureEvent> events, List<Session> sessions, AnalysisStats stats) {
    long captured = 0;
    for (CaptureEvent event : events) {
      if (event instanceof StreamEvent.Data data) {
        captured += data.capturedLength();
      }
    }
    long accounted = stats.otherBytes();
    for (Session session : sessions) {
      accounted += sum(session.accounting().egress()) + sum(session.accounting().ingress());
    }
    assertThat(accounted).as("bytes accounted for").isEqualTo(captured);
  }

  /** Checks that each byte of a direction is in one range, and that both accounts agree. */
  private static void checkCoverage(Session session) {
    checkCoverage(session, "egress", session.coverage().egress(), session.accounting().egress());
    checkCoverage(session, "ingress", session.coverage().ingress(), session.accounting().ingress());
  }

  private static void checkCoverage(
      Session session, String direction, ByteMap map, ByteAccounting.Account account) {
    String where = "session " + session.id() + " " + direction;
    long at = 0;
    Map<ByteMap.State, Long> sums = new EnumMap<>(ByteMap.State.class);
    for (ByteMap.Range range : map.ranges()) {
      assertThat(range.from()).as("%s: ranges without hole or overlap", where).isEqualTo(at);
      at = range.to();
      sums.merge(range.state(), range.to() - range.from(), Long::sum);
    }
    if (map.rangesLeftOut() == 0) {
      assertThat(map.length()).as("%s: sum of the ranges", where).isEqualTo(at);
      assertThat(List.of(map.capturedBytes(), map.lostBytes(), map.cutBytes(), map.unknownBytes()))
          .as("%s: sums", where)
          .isEqualTo(
              Stream.of(ByteMap.State.values())
                  .map(state -> sums.getOrDefault(state, 0L))
                  .toList());
    }
    assertThat(map.missingBytes()).as("%s: missing", where).isEqualTo(account.lost());
    // What came too late for its place is captured, and its place is missing all the same.
    long late = account.inMessages() + account.outsideMessages() - map.capturedBytes();
    assertThat(late).as("%s: late", where).isBetween(0L, map.missingBytes());
  }

  private static long sum(ByteAccounting.Account account) {
    return account.inMessages() + account.outsideMessages() + account.duplicate();
  }

  /** Returns lines, each with its end. */
  public static String lines(String... lines) {
    return lines.length == 0 ? "" : String.join("\n", lines) + "\n";
  }

  /** Returns a line for each exchange. */
  public static String render(List<Session> sessions) {
    StringBuilder text = new StringBuilder();
    for (Session session : sessions) {
      for (Exchange exchange : session.exchanges()) {
        text.append(render(exchange)).append('\n');
      }
    }
    return text.toString();
  }

  /** Returns a line for an exchange. */
  static String render(Exchange exchange) {
    StringBuilder text = new StringBuilder(exchange.id()).append(' ');
    if (exchange.request() == null) {
      text.append('-');
    } else {
      text.append(exchange.request().method()).append(' ').append(exchange.request().target());
      message(text, exchange.request());
    }
    for (HttpResponse interim : exchange.interim()) {
      text.append(" < ").append(interim.status());
      message(text, interim);
    }
    text.append(" > ");
    if (exchange.response() == null) {
      text.append('-');
    } else {
      text.append(exchange.response().status());
      message(text, exchange.response());
    }
    anomalies(text, exchange.anomalies());
    if (exchange.pipelined()) {
      text.append(" pipelined");
    }
    if (exchange.completeness() != Completeness.COMPLETE) {
      text.append(" | ").append(exchange.completeness().jsonName());
    }
    return text.toString();
  }

  private static void message(StringBuilder text, HttpMessage message) {
    String body = message.body().content().toBytes().toLatin1();
    if (!body.isEmpty()) {
      text.append(" '").append(body.replace("\r", "\\r").replace("\n", "\\n")).append('\'');
    }
    if (message.trailers().size() > 0) {
      text.append(" trailers=").append(message.trailers().size());
    }
    if (message.completeness() != Completeness.COMPLETE) {
      text.append(' ').append(message.completeness().jsonName());
    }
    anomalies(text, message.anomalies());
    anomalies(text, message.body().anomalies());
  }

  private static void anomalies(StringBuilder text, List<Anomaly> anomalies) {
    if (!anomalies.isEmpty()) {
      text.append(
          anomalies.stream()
              .map(anomaly -> anomaly.kind().jsonName() + ":" + anomaly.detail())
              .collect(Collectors.joining(", ", " [", "]")));
    }
  }
}
