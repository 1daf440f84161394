// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import static dev.tapedeck.replayer.TestPlans.MILLI;
import static dev.tapedeck.replayer.TestTalk.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.replayer.carry.PlannedFlows;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.plan.Pace;
import dev.tapedeck.replayer.plan.PlanOptions;
import dev.tapedeck.replayer.result.FailureReason;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.target.Target;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that messages of a WebSocket mint or carry. */
final class ReplayerWebSocketFlowTest {
  private static final int TEXT = 0x81;
  private static final int TEXT_BEGINS = 0x01;
  private static final int ENDS = 0x80;
  private static final int CLOSE = 0x88;
  private static final String NORMAL = "\003\350";
  private static final String OLD = "0b8f0a52-6a5c-4d8e-9c1f-1f2e3d4c5b6a";
  private static final String NEW = "deadbeef-0000-4abc-9def-0123456789ab";
  private static final String OLD_TICKET = "Zx81kQ20vbN4mLp0aQ7w";
  private static final String NEW_TICKET = "aa5bZ77kPl2mQx90LwT1";

  private static String json(String text, Object... values) {
    return text.replace('\'', '"').formatted(values);
  }

  @ParameterizedTest
  @ValueSource(strings = {"original", "x10", "max"})
  void run_valueOfAMessage_isCarriedIntoLaterOnes(String pace) throws Exception {
    TestTalk talk = new TestTalk();
    talk.server(TEXT, json("{'session':{'id':'%s'},'order':{'id':41}}", OLD));
    talk.client(TEXT, json("{'resume':'%s','order_id':41,'n':41}", OLD));
    talk.server(TEXT, json("{'resumed':'%s'}", OLD));
    talk.client(TEXT_BEGINS, "{\"again\":\"" + OLD.substring(0, 9));
    talk.client(ENDS, OLD.substring(9) + "\"}");
    talk.client(CLOSE, NORMAL).server(CLOSE, NORMAL);
    String resume = frame(TEXT, true, json("{'resume':'%s','order_id':5041,'n':41}", NEW));
    String again = frame(TEXT, true, json("{'again':'%s'}", NEW));
    String close = frame(CLOSE, true, NORMAL);
    RawServer.Behaviour other =
        conversation -> {
          conversation.readRequest();
          String first = json("{'session':{'id':'%s'},'order':{'id':5041}}", NEW);
          conversation.write(talk.answer() + frame(TEXT, false, first));
          conversation.readBytes(resume.length());
          conversation.write(frame(TEXT, false, json("{'resumed':'%s'}", NEW)));
          conversation.readBytes(again.length() + close.length());
          conversation.write(frame(CLOSE, false, NORMAL));
        };
    try (RawServer server = new RawServer(other)) {
      ReplayReport report = run(server, Pace.parse(pace), talk.session(1));
      assertThat(server.received())
          .containsExactly(talk.request("127.0.0.1:" + server.port()) + resume + again + close);
      assertThat(report.differences()).isEmpty();
      assertThat(report.equal()).isEqualTo(1);
    }
  }

  @Test
  void run_valueThatIsTheSame_leavesTheRecordedFrames() throws Exception {
    TestTalk talk = new TestTalk();
    talk.server(TEXT, json("{'session':{'id':'%s'}}", OLD));
    talk.client(TEXT_BEGINS, "{\"resume\":").client(ENDS, "\"" + OLD + "\"}");
    talk.client(CLOSE, NORMAL).server(CLOSE, NORMAL);
    RawServer.Behaviour same =
        conversation -> {
          conversation.readRequest();
          conversation.write(
              talk.answer() + frame(TEXT, false, json("{'session':{'id':'%s'}}", OLD)));
          conversation.readBytes(talk.said().length());
          conversation.write(frame(CLOSE, false, NORMAL));
        };
    try (RawServer server = new RawServer(same)) {
      ReplayReport report = run(server, Pace.MAX, talk.session(1));
      assertThat(server.received())
          .containsExactly(talk.request("127.0.0.1:" + server.port()) + talk.said());
      assertThat(report.equal()).isEqualTo(1);
    }
  }

  private static Session http(int number, long startMillis, String request, String answer) {
    ConnectionInfo info =
        TestMessages.connection(1, new Endpoint("192.0.2.1", 40000 + number), TestMessages.SERVER);
    return TestMessages.session(
        number,
        info,
        TestMessages.exchange(
            number,
            0,
            info,
            startMillis * MILLI,
            (startMillis + 1) * MILLI,
            TestMessages.request(request),
            TestMessages.response(answer)));
  }

  private static String answer(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  /** The talk begins first and ends last; what it needs and what needs it lies between. */
  private static TestTalk inTheMiddle() {
    return new TestTalk()
        .after(10)
        .client(TEXT, json("{'auth':'%s'}", OLD))
        .server(TEXT, json("{'ticket':'%s'}", OLD_TICKET))
        .after(30)
        .server(TEXT, "the end")
        .client(CLOSE, NORMAL)
        .server(CLOSE, NORMAL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"original", "max"})
  void run_valuesGoFromAnswersToMessagesAndBack_whileTheTalkGoesOn(String pace) throws Exception {
    TestTalk talk = inTheMiddle();
    CountDownLatch used = new CountDownLatch(1);
    String auth = frame(TEXT, true, json("{'auth':'%s'}", NEW));
    RawServer.Behaviour other =
        conversation -> {
          String request = conversation.readRequest();
          if (request.startsWith("GET /token")) {
            conversation.write(answer(json("{'token':'%s'}", NEW)));
          } else if (request.startsWith("GET /use")) {
            boolean right = request.contains("ticket=" + NEW_TICKET + " ");
            conversation.write(
                right ? answer("{}") : "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
            used.countDown();
          } else {
            conversation.write(talk.answer());
            conversation.readBytes(auth.length());
            conversation.write(frame(TEXT, false, json("{'ticket':'%s'}", NEW_TICKET)));
            // Not before the ticket was used: whoever waited for the end would wait for ever.
            assertThat(used.await(30, TimeUnit.SECONDS)).isTrue();
            conversation.write(frame(TEXT, false, "the end") + frame(CLOSE, false, NORMAL));
            conversation.readBytes(1 << 10);
          }
        };
    try (RawServer server = new RawServer(other)) {
      ReplayReport report =
          run(
              server,
              Pace.parse(pace),
              talk.session(1),
              http(2, 3, TestPlans.get("/token"), answer(json("{'token':'%s'}", OLD))),
              http(3, 20, TestPlans.get("/use?ticket=" + OLD_TICKET), answer("{}")));
      assertThat(report.differences()).isEmpty();
      assertThat(report.failed()).isEmpty();
      assertThat(report.equal()).isEqualTo(3);
      assertThat(server.received()).anyMatch(bytes -> bytes.contains(auth));
    }
  }

  @Test
  void run_valueThatNobodyGives_failsTheTalk() throws Exception {
    TestTalk talk = inTheMiddle();
    RawServer.Behaviour without =
        conversation -> {
          String request = conversation.readRequest();
          conversation.write(request.contains("/talk") ? talk.answer() : answer("{}"));
          conversation.readBytes(1 << 10);
        };
    try (RawServer server = new RawServer(without)) {
      ReplayReport report =
          run(
              server,
              Pace.MAX,
              Duration.ofSeconds(2),
              talk.session(1),
              http(2, 3, TestPlans.get("/token"), answer(json("{'token':'%s'}", OLD))));
      assertThat(report.failed()).containsEntry(FailureReason.FLOW_MISSING, 1);
    }
  }

  private static ReplayReport run(RawServer server, Pace pace, Session... sessions)
      throws Exception {
    return run(server, pace, Duration.ofSeconds(20), sessions);
  }

  private static ReplayReport run(
      RawServer server, Pace pace, Duration timeout, Session... sessions) throws Exception {
    PlannedFlows flows =
        PlannedFlows.of(
            TestPlans.plan(
                PlanOptions.newBuilder().pace(pace).allowUnsafe(true).build(), sessions));
    ReplayOptions options =
        ReplayOptions.newBuilder(new Target(false, "127.0.0.1", server.port()))
            .answerTimeout(timeout)
            .rehearse(false)
            .build();
    return new Replayer(flows.plan(), options, server.address())
        .carrying(flows, List.of())
        .run(progress -> {});
  }
}
