// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import static dev.tapedeck.replayer.TestTalk.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Session;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.plan.Pace;
import dev.tapedeck.replayer.plan.PlanOptions;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.SkipReason;
import dev.tapedeck.replayer.result.FailureReason;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.target.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSocket conversations: the client's frames as recorded, the server's messages compared. */
final class ReplayerWebSocketTest {
  private static final int TEXT = 0x81;
  private static final int TEXT_BEGINS = 0x01;
  private static final int ENDS = 0x80;
  private static final int BINARY = 0x82;
  private static final int DEFLATED_TEXT = 0xc1;
  private static final int CLOSE = 0x88;
  private static final int PING = 0x89;
  private static final int PONG = 0x8a;
  private static final String NORMAL = "\003\350";

  /** "Hello" as RFC 7692, section 7.2.3.1, compresses it. */
  private static final String DEFLATED_HELLO = "\362\110\315\311\311\007\000";

  /** A recorded talk of all kinds of frames, with the answers to it. */
  private static TestTalk talk() {
    return new TestTalk()
        .server(TEXT, "{\"price\":1,\"id\":7}")
        .client(TEXT_BEGINS, "first, ")
        .client(PING, "between")
        .client(ENDS, "second")
        .server(PONG, "between")
        .server(BINARY, "\000\001\002")
        .client(BINARY, "x".repeat(300))
        .client(CLOSE, NORMAL)
        .server(CLOSE, NORMAL);
  }

  /** Behaves as the recorded server, which says this first and this in answer to the message. */
  private static RawServer.Behaviour server(TestTalk talk, String first, String second) {
    return conversation -> {
      conversation.readRequest();
      conversation.write(talk.answer() + first);
      String rest = frame(BINARY, true, "x".repeat(300)) + frame(CLOSE, true, NORMAL);
      conversation.readBytes(talk.said().length() - rest.length());
      conversation.write(frame(PONG, false, "between") + second);
      conversation.readBytes(rest.length());
      conversation.write(frame(CLOSE, false, NORMAL));
    };
  }

  private static final String PRICE = frame(TEXT, false, "{\"price\":1,\"id\":7}");
  private static final String BYTES = frame(BINARY, false, "\000\001\002");

  @ParameterizedTest
  @ValueSource(strings = {"original", "x10", "max"})
  void run_sameServer_hearsTheRecordedFramesAndIsEqual(String pace) throws Exception {
    TestTalk talk = talk();
    try (RawServer server = new RawServer(server(talk, PRICE, BYTES))) {
      ReplayReport report = run(server, Pace.parse(pace), Duration.ofSeconds(20), talk.session(1));
      assertThat(report.differences()).isEmpty();
      assertThat(report.sent()).isEqualTo(1);
      assertThat(report.equal()).isEqualTo(1);
      assertThat(report.connectionsOpened()).isEqualTo(1);
      assertThat(server.received())
          .containsExactly(talk.request("127.0.0.1:" + server.port()) + talk.said());
    }
  }

  @Test
  void run_otherMessage_isReportedByItsPath() throws Exception {
    TestTalk talk = talk();
    String other = frame(TEXT, false, "{\"price\":2,\"id\":7}");
    try (RawServer server = new RawServer(server(talk, other, BYTES))) {
      ReplayReport report = run(server, Pace.MAX, Duration.ofSeconds(20), talk.session(1));
      assertThat(report.differences())
          .singleElement()
          .satisfies(
              found -> {
                assertThat(found.difference().path()).isEqualTo("message[0]$.price");
                assertThat(found.difference().baseline()).isEqualTo("1");
                assertThat(found.difference().actual()).isEqualTo("2");
              });
    }
  }

  /** Longer than is kept of what a message holds; its frames are kept. */
  @Test
  void run_hugeMessageOfTheClient_isSentToItsEnd() throws Exception {
    String huge = "0123456789abcdef".repeat(5 << 16) + "the end";
    TestTalk talk =
        new TestTalk()
            .client(BINARY, huge.repeat(4))
            .server(TEXT, "thanks")
            .client(CLOSE, NORMAL)
            .server(CLOSE, NORMAL);
    RawServer.Behaviour behaviour =
        conversation -> {
          conversation.readRequest();
          conversation.write(talk.answer());
          int close = frame(CLOSE, true, NORMAL).length();
          conversation.readBytes(talk.said().length() - close);
          conversation.write(frame(TEXT, false, "thanks"));
          conversation.readBytes(close);
          conversation.write(frame(CLOSE, false, NORMAL));
        };
    try (RawServer server = new RawServer(behaviour)) {
      ReplayReport report = run(server, Pace.MAX, Duration.ofSeconds(20), talk.session(1));
      assertThat(report.differences()).isEmpty();
      assertThat(report.sent()).isEqualTo(1);
      String expected = talk.request("127.0.0.1:" + server.port()) + talk.said();
      assertThat(expected.length()).isGreaterThan(20 << 20);
      // Not shown when they differ: there are too many.
      assertThat(server.received().equals(List.of(expected))).isTrue();
    }
  }

  /** Longer than is kept of a message, different in its last byte only. */
  @ParameterizedTest
  @ValueSource(strings = {"x", "y"})
  void run_hugeMessage_isComparedToItsEnd(String last) throws Exception {
    String huge = "x".repeat((17 << 20) - 1);
    TestTalk talk =
        new TestTalk().server(BINARY, huge + "x").client(CLOSE, NORMAL).server(CLOSE, NORMAL);
    RawServer.Behaviour other =
        conversation -> {
          conversation.readRequest();
          conversation.write(talk.answer());
          conversation.write(frame(BINARY, false, huge + last));
          conversation.readBytes(talk.said().length());
          conversation.write(frame(CLOSE, false, NORMAL));
        };
    try (RawServer server = new RawServer(other)) {
      ReplayReport report = run(server, Pace.MAX, Duration.ofSeconds(20), talk.session(1));
      assertThat(report.differences())
          .extracting(found -> found.difference().path())
          .isEqualTo(last.equals("x") ? List.of() : List.of("message[0]@" + (16 << 20)));
    }
  }

  @Test
  void run_lostMessage_isReportedAndTheRestIsSaid() throws Exception {
    TestTalk talk = talk();
    try (RawServer server = new RawServer(server(talk, PRICE, ""))) {
      // Once in vain; the rest has to be answered within, on a busy machine too.
      ReplayReport report = run(server, Pace.MAX, Duration.ofSeconds(3), talk.session(1));
      assertThat(report.differences())
          .extracting(found -> found.difference().path())
          .contains("message[2]");
      assertThat(report.sent()).isEqualTo(1);
      assertThat(server.received().get(0)).endsWith(talk.said());
    }
  }

  @Test
  void run_pingWithOtherPayload_isAnsweredWithIt() throws Exception {
    TestTalk talk =
        new TestTalk()
            .server(PING, "old")
            .client(PONG, "old")
            .server(TEXT, "done")
            .client(CLOSE, NORMAL)
            .server(CLOSE, NORMAL);
    RawServer.Behaviour behaviour =
        conversation -> {
          conversation.readRequest();
          conversation.write(talk.answer() + frame(PING, false, "now"));
          assertThat(conversation.readBytes(9)).isEqualTo(frame(PONG, true, "now"));
          conversation.write(frame(TEXT, false, "done"));
          conversation.readBytes(8);
          conversation.write(frame(CLOSE, false, NORMAL));
        };
    try (RawServer server = new RawServer(behaviour)) {
      ReplayReport report = run(server, Pace.MAX, Duration.ofSeconds(20), talk.session(1));
      assertThat(report.differences()).isEmpty();
      assertThat(report.sent()).isEqualTo(1);
    }
  }

  @Test
  void run_compressedMessages_areSentAsTheyWereWhereTheTargetAgrees() throws Exception {
    TestTalk talk =
        new TestTalk(TestTalk.DEFLATE)
            .client(DEFLATED_TEXT, DEFLATED_HELLO)
            .server(DEFLATED_TEXT, DEFLATED_HELLO)
            .client(CLOSE, NORMAL)
            .server(CLOSE, NORMAL);
    RawServer.Behaviour agrees =
        conversation -> {
          conversation.readRequest();
          conversation.write(talk.answer());
          conversation.readBytes(6 + DEFLATED_HELLO.length());
          // The same text, not compressed.
          conversation.write(frame(TEXT, false, "Hello"));
          conversation.readBytes(8);
          conversation.write(frame(CLOSE, false, NORMAL));
        };
    Session session = talk.session(1);
    try (RawServer server = new RawServer(agrees)) {
      ReplayReport report = run(server, Pace.MAX, Duration.ofSeconds(20), session);
      assertThat(report.differences()).isEmpty();
      assertThat(report.equal()).isEqualTo(1);
      assertThat(server.received().get(0)).endsWith(talk.said());
    }
    for (String field :
        List.of("", TestTalk.DEFLATE.replace("deflate", "deflate; client_no_context_takeover"))) {
      try (RawServer server = new RawServer(RawServer.always(TestTalk.SWITCHED + field + "\r\n"))) {
        ReplayReport report = run(server, Pace.MAX, Duration.ofSeconds(20), session);
        assertThat(report.failed()).isEqualTo(Map.of(FailureReason.WEBSOCKET_HANDSHAKE, 1));
        assertThat(server.received().get(0)).doesNotContain(talk.said());
      }
    }
  }

  @Test
  void run_badTargets_failByKindAndEnd() throws Exception {
    String answer = talk().answer();
    assertFails(
        RawServer.always(answer.replace("s3pP", "S3PP")), FailureReason.WEBSOCKET_HANDSHAKE);
    assertFails(
        conversation -> {
          conversation.readRequest();
          conversation.write(answer + PRICE);
          conversation.readBytes(3);
        },
        FailureReason.CLOSED_EARLY);
    assertFails(
        conversation -> {
          conversation.readRequest();
          conversation.write(answer + PRICE);
          conversation.readBytes(talk().said().length() - 320);
          conversation.reset();
        },
        FailureReason.RESET,
        FailureReason.CLOSED_EARLY);
    assertFails(
        conversation -> {
          conversation.readRequest();
          conversation.write(answer);
          conversation.readBytes(1 << 20);
        },
        FailureReason.TIMEOUT);
    assertFails(
        conversation -> {
          conversation.readRequest();
          conversation.write(answer + PRICE);
          conversation.readBytes(1 << 20);
        },
        FailureReason.TIMEOUT);
    assertFails(
        conversation -> {
          conversation.readRequest();
          conversation.write(answer + "HTTP/1.1 400 Bad Request\r\n\r\n".repeat(9));
          conversation.readBytes(1 << 20);
        },
        FailureReason.MALFORMED_ANSWER);
  }

  private static void assertFails(RawServer.Behaviour behaviour, FailureReason... reasons)
      throws Exception {
    List<FailureReason> expected = List.of(reasons);
    // What is to fail otherwise must not time out on a busy machine.
    Duration timeout =
        expected.contains(FailureReason.TIMEOUT) ? Duration.ofMillis(300) : Duration.ofSeconds(20);
    try (RawServer server = new RawServer(behaviour)) {
      ReplayReport report = run(server, Pace.MAX, timeout, talk().session(1));
      assertThat(report.failed()).hasSize(1);
      assertThat(expected).containsAll(report.failed().keySet());
      assertThat(report.sent()).isZero();
    }
  }

  @Test
  void run_serverClosesFirst_endsTheTalk() throws Exception {
    TestTalk talk = talk();
    RawServer.Behaviour closes =
        conversation -> {
          conversation.readRequest();
          conversation.write(talk.answer() + PRICE + frame(CLOSE, false, "\003\363"));
          conversation.readBytes(1 << 20);
        };
    try (RawServer server = new RawServer(closes)) {
      ReplayReport report = run(server, Pace.MAX, Duration.ofSeconds(20), talk.session(1));
      assertThat(report.sent()).isEqualTo(1);
      assertThat(report.differences())
          .extracting(found -> found.difference().path())
          .contains("message[1].kind", "message[2]");
    }
  }

  @Test
  void run_refusedUpgrade_isADifferentStatus() throws Exception {
    String refusal = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
    try (RawServer server = new RawServer(RawServer.always(refusal))) {
      ReplayReport report = run(server, Pace.MAX, Duration.ofSeconds(20), talk().session(1));
      assertThat(report.differences())
          .singleElement()
          .satisfies(found -> assertThat(found.difference().path()).isEqualTo("status"));
    }
  }

  @Test
  void plan_messagesOfTheClient_needAllowUnsafe() throws Exception {
    ReplayPlan plan = TestPlans.plan(PlanOptions.defaults(), talk().session(1));
    assertThat(plan.skippedByReason()).isEqualTo(Map.of(SkipReason.UNSAFE_MESSAGES, 1));
  }

  @Test
  void plan_incompleteMessages_areSkipped() throws Exception {
    TestTalk talk = new TestTalk().client(TEXT_BEGINS, "and no end of it");
    ReplayPlan plan =
        TestPlans.plan(PlanOptions.newBuilder().allowUnsafe(true).build(), talk.session(1));
    assertThat(plan.skippedByReason()).isEqualTo(Map.of(SkipReason.INCOMPLETE_MESSAGES, 1));
  }

  private static ReplayReport run(
      RawServer server, Pace pace, Duration timeout, Session... sessions) throws Exception {
    ReplayPlan plan =
        TestPlans.plan(PlanOptions.newBuilder().pace(pace).allowUnsafe(true).build(), sessions);
    ReplayOptions options =
        ReplayOptions.newBuilder(new Target(false, "127.0.0.1", server.port()))
            .answerTimeout(timeout)
            .rehearse(false)
            .build();
    return new Replayer(plan, options, server.address()).run(progress -> {});
  }
}
