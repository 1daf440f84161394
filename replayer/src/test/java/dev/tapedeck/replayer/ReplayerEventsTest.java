// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.message.ByteTimes;
import dev.tapedeck.analyzer.message.EventStream;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.plan.PlanOptions;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.result.FailureReason;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.target.Target;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Event streams, most of which never end by themselves. */
final class ReplayerEventsTest {
  private static final long MILLI = 1_000_000;
  private static final Duration LONG = Duration.ofSeconds(30);

  /** For what never comes; what comes has to come within, on a busy machine too. */
  private static final Duration SHORT = Duration.ofSeconds(3);

  private static final String HEAD =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final List<String> EVENTS =
      List.of(
          "\u00ef\u00bb\u00bfretry: 9\r\n\r\n",
          ": a comment\n\n",
          "event: price\nid: 1\ndata: {\"now\": 10}\n\n",
          "data: two\ndata: lines\r\r",
          "id: 2\ndata: {\"now\": 11}\n\n");

  private static String chunk(String text) {
    return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
  }

  /** Sends these and stays open. */
  private static RawServer.Behaviour open(List<String> events) {
    return conversation -> {
      conversation.readRequest();
      conversation.write(HEAD);
      for (String event : events) {
        // Two chunks, so that one ends inside the event.
        int half = event.length() / 2;
        conversation.write(chunk(event.substring(0, half)) + chunk(event.substring(half)));
      }
      conversation.readRequest();
    };
  }

  @Test
  void run_streamThatNeverEnds_isHeardForAsLongAsRecorded() throws Exception {
    try (RawServer server = new RawServer(open(EVENTS))) {
      ReplayReport report = run(server.address(), LONG, recorded(EVENTS, false));
      assertThat(report.failed()).isEmpty();
      assertThat(report.differences()).isEmpty();
      assertThat(report.equal()).isEqualTo(1);
      assertThat(report.durationNanos()).isLessThan(LONG.toNanos() / 2);
    }
  }

  @Test
  void run_moreEventsThanWereHeard_isNoDifference() throws Exception {
    List<String> fewer = EVENTS.subList(0, 3);
    try (RawServer server = new RawServer(open(EVENTS))) {
      ReplayReport report = run(server.address(), LONG, recorded(fewer, false));
      assertThat(report.differences()).isEmpty();
      assertThat(report.equal()).isEqualTo(1);
    }
  }

  @Test
  void run_otherAndMissingEvents_areReportedByTheirPath() throws Exception {
    List<String> other = List.of(EVENTS.get(0), EVENTS.get(2).replace("10", "12"), EVENTS.get(3));
    try (RawServer server = new RawServer(open(other))) {
      ReplayReport report = run(server.address(), SHORT, recorded(EVENTS, false));
      assertThat(report.failed()).isEmpty();
      assertThat(report.differences())
          .extracting(found -> found.difference().path())
          .containsExactly("event[1]$.now", "event[3]");
    }
  }

  @Test
  void run_streamThatEndedInTheRecording_hasToEnd() throws Exception {
    try (RawServer server = new RawServer(open(EVENTS))) {
      ReplayReport report = run(server.address(), SHORT, recorded(EVENTS, true));
      assertThat(report.failed()).isEqualTo(Map.of(FailureReason.TIMEOUT, 1));
    }
  }

  @Test
  void run_heartbeatsForEver_end() throws Exception {
    RawServer.Behaviour beats =
        conversation -> {
          conversation.readRequest();
          conversation.write(HEAD);
          for (int i = 0; i < 1000; i++) {
            conversation.write(chunk(": still here\n\n"));
            Thread.sleep(20);
          }
        };
    try (RawServer server = new RawServer(beats)) {
      ReplayReport report = run(server.address(), SHORT, recorded(EVENTS, false));
      assertThat(report.failed()).isEqualTo(Map.of(FailureReason.TIMEOUT, 1));
    }
  }

  @Test
  void run_overHttp2_endsTheStreamAlone() throws Exception {
    try (StreamsServer server =
        new StreamsServer(
            null,
            asked -> {
              asked.begin("text/event-stream");
              EVENTS.forEach(event -> asked.say(event, false));
            })) {
      HttpRequest request = TestStreams.request("/events", 0, 0, List.of());
      HttpResponse whole = TestStreams.response(String.join("", EVENTS));
      HttpResponse response =
          new HttpResponse(
              200,
              "",
              "HTTP/2",
              whole.head(),
              TestStreams.fields(List.of(":status", "200", "content-type", "text/event-stream")),
              whole.trailers(),
              whole.body(),
              whole.span(),
              Completeness.TRUNCATED_END,
              List.of());
      ReplayReport report = run(server.address(), LONG, session(request, response));
      assertThat(report.failed()).isEmpty();
      assertThat(report.differences()).isEmpty();
      assertThat(report.equal()).isEqualTo(1);
      server.awaitLog("1 RST 8");
    }
  }

  private static Session recorded(List<String> events, boolean ended) {
    String head = HEAD.replace("Transfer-Encoding: chunked\r\n", "");
    HttpResponse response =
        TestMessages.response(
            head + String.join("", events),
            ended ? Completeness.COMPLETE : Completeness.TRUNCATED_END);
    return session(
        TestMessages.request("GET /events HTTP/1.1\r\nHost: old.example\r\n\r\n"), response);
  }

  private static Session session(HttpRequest request, HttpResponse response) {
    ConnectionInfo info = TestMessages.connection(1, TestMessages.CLIENT, TestMessages.SERVER);
    return TestMessages.session(
        1,
        info,
        TestMessages.exchange(1, 0, info, 0, 50 * MILLI, request, response).toBuilder()
            .messages(
                EventStream.read(
                        response.body(),
                        new ByteTimes(),
                        AnalyzerOptions.defaults(),
                        nanos -> nanos)
                    .messages())
            .build());
  }

  private static ReplayReport run(InetSocketAddress address, Duration timeout, Session session)
      throws Exception {
    ReplayPlan plan = TestPlans.plan(PlanOptions.defaults(), session);
    ReplayOptions options =
        ReplayOptions.newBuilder(new Target(false, "127.0.0.1", address.getPort()))
            .answerTimeout(timeout)
            .rehearse(false)
            .build();
    return new Replayer(plan, options, address).run(progress -> {});
  }
}
