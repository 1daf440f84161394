// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import static dev.tapedeck.replayer.TestPlans.MILLI;
import static dev.tapedeck.replayer.TestTalk.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.MessageSpan;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.carry.PlannedFlows;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.plan.Pace;
import dev.tapedeck.replayer.plan.PlanOptions;
import dev.tapedeck.replayer.result.FailureReason;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.target.Target;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSocket conversations in streams of HTTP/2 (RFC 8441). */
final class ReplayerStreamsWebSocketTest {
  private static final int TEXT = 0x81;
  private static final int CLOSE = 0x88;
  private static final String NORMAL = "\003\350";
  private static final String OLD = "0b8f0a52-6a5c-4d8e-9c1f-1f2e3d4c5b6a";
  private static final String NEW = "deadbeef-0000-4abc-9def-0123456789ab";

  private static String welcome(String id) {
    return "{\"id\":\"" + id + "\"}";
  }

  private static String hello(String id) {
    return "{\"hello\":\"" + id + "\"}";
  }

  private static Session session() {
    TestTalk talk =
        new TestTalk()
            .server(TEXT, welcome(OLD))
            .client(TEXT, hello(OLD))
            .server(TEXT, "fine")
            .server(CLOSE, NORMAL)
            .client(CLOSE, NORMAL);
    Exchange said = talk.session(1).exchanges().get(0);
    ConnectionInfo info = TestMessages.connection(1, TestMessages.CLIENT, TestMessages.SERVER);
    HttpRequest request =
        new HttpRequest(
            "CONNECT",
            "/chat",
            "HTTP/2",
            "old.example",
            Bytes.empty(),
            TestStreams.fields(
                List.of(
                    ":method",
                    "CONNECT",
                    ":protocol",
                    "websocket",
                    ":scheme",
                    "https",
                    ":path",
                    "/chat",
                    ":authority",
                    "old.example",
                    "sec-websocket-version",
                    "13")),
            HeaderFields.NONE,
            TestStreams.body(List.of(talk.said())),
            new MessageSpan(0, talk.said().length(), 0, 5 * MILLI),
            Completeness.TRUNCATED_END,
            List.of());
    HttpResponse response =
        new HttpResponse(
            200,
            "",
            "HTTP/2",
            Bytes.empty(),
            TestStreams.fields(List.of("x-served-by", "me")),
            HeaderFields.NONE,
            TestStreams.body(List.of(frame(TEXT, false, welcome(OLD)))),
            new MessageSpan(0, 10, 0, 5 * MILLI),
            Completeness.COMPLETE,
            List.of());
    Exchange exchange =
        TestMessages.exchange(1, 0, info, 0, 6 * MILLI, request, response).toBuilder()
            .messages(said.messages())
            .build();
    return TestMessages.session(1, info, exchange);
  }

  private static void talk(StreamsServer.Asked asked, String id) {
    asked.answerHead("x-served-by", "me");
    asked.say(frame(TEXT, false, welcome(id)), false);
    var unused =
        asked
            .context()
            .executor()
            .schedule(
                () -> asked.say(frame(TEXT, false, "fine") + frame(CLOSE, false, NORMAL), false),
                200,
                TimeUnit.MILLISECONDS);
  }

  private static ReplayReport run(StreamsServer server, String pace) throws Exception {
    PlannedFlows flows =
        PlannedFlows.of(
            TestPlans.plan(
                PlanOptions.newBuilder().pace(Pace.parse(pace)).allowUnsafe(true).build(),
                session()));
    ReplayOptions options =
        ReplayOptions.newBuilder(new Target(false, "127.0.0.1", server.port()))
            .answerTimeout(Duration.ofSeconds(10))
            .rehearse(false)
            .build();
    return new Replayer(flows.plan(), options, server.address())
        .carrying(flows, List.of())
        .run(progress -> {});
  }

  @ParameterizedTest
  @ValueSource(strings = {"original", "max"})
  void run_talkInAStream_isHeldAgainWithItsValues(String pace) throws Exception {
    try (StreamsServer server = new StreamsServer(null, asked -> talk(asked, NEW))) {
      ReplayReport report = run(server, pace);
      assertThat(report.failed()).isEmpty();
      assertThat(report.differences()).isEmpty();
      assertThat(report.equal()).isEqualTo(1);
      server.awaitLog(
          "1 DATA " + frame(TEXT, true, hello(NEW)), "1 DATA " + frame(CLOSE, true, NORMAL));
      assertThat(server.log().get(0)).contains(":protocol=websocket").contains(":path=/chat");
    }
  }

  @Test
  void run_otherMessage_isADifference() throws Exception {
    StreamsServer.Script rude =
        asked -> {
          asked.answerHead("x-served-by", "me");
          asked.say(frame(TEXT, false, "{\"id\":7}") + frame(CLOSE, false, NORMAL), false);
        };
    try (StreamsServer server = new StreamsServer(null, rude)) {
      assertThat(run(server, "max").differences())
          .extracting(found -> found.difference().path())
          .contains("message[0]$.id");
    }
  }

  @Test
  void run_refusedTalk_isADifferentStatus() throws Exception {
    try (StreamsServer server =
        new StreamsServer(null, asked -> asked.answerAs("HTTP/2 403 No\r\n\r\n"))) {
      assertThat(run(server, "max").differences())
          .extracting(found -> found.difference().path())
          .containsExactly("status");
    }
  }

  @Test
  void run_streamThatIsReset_fails() throws Exception {
    try (StreamsServer server =
        new StreamsServer(
            null,
            asked -> {
              asked.answerHead("x-served-by", "me");
              asked.reset();
            })) {
      assertThat(run(server, "max").failed()).containsEntry(FailureReason.RESET, 1);
    }
  }
}
