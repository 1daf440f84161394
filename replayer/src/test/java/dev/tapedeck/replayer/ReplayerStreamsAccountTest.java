// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import static dev.tapedeck.replayer.TestTalk.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.plan.Pace;
import dev.tapedeck.replayer.plan.PlanOptions;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.result.FailureReason;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.target.Target;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever the target does with HTTP/2 streams and WebSocket talks, every recorded request is sent,
 * skipped or failed, once, and the replay ends.
 */
final class ReplayerStreamsAccountTest {
  private static final long MILLI = 1_000_000;
  private static final int SESSIONS = 12;
  private static final int STREAMS = 6;
  private static final int TEXT = 0x81;
  private static final int CLOSE = 0x88;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void run_badHttp2Target_accountsForEveryRequest(long seed) throws Exception {
    Random random = new Random(seed);
    try (StreamsServer server = new StreamsServer(null, asked -> misbehave(asked, random))) {
      ReplayReport report = run(server.address(), seed % 2 == 0, streams());
      assertAccount(report, SESSIONS * STREAMS);
      assertThat(report.failures()).isPositive();
      assertThat(report.sent()).isPositive();
    }
  }

  private static void misbehave(StreamsServer.Asked asked, Random random) {
    switch (random.nextInt(12)) {
      case 0 -> asked.reset();
      case 1 -> asked.hangUp();
      case 2 -> asked.begin("text/plain"); // and nothing more
      case 3 -> {
        asked.begin("text/plain");
        asked.say("half", false);
        asked.reset();
      }
      case 4 -> {
        asked.answer("ok");
        asked.goAway();
      }
      default -> asked.answer("ok");
    }
  }

  @Test
  void run_http2TargetThatDies_failsTheRest() throws Exception {
    AtomicInteger answered = new AtomicInteger();
    AtomicReference<StreamsServer> target = new AtomicReference<>();
    try (StreamsServer server =
        new StreamsServer(
            null,
            asked -> {
              if (answered.incrementAndGet() > 10) {
                target.get().stopListening();
                asked.hangUp();
              } else {
                asked.answer("ok");
              }
            })) {
      target.set(server);
      ReplayReport report = run(server.address(), false, streams());
      assertAccount(report, SESSIONS * STREAMS);
      assertThat(report.failed()).containsKey(FailureReason.CONNECT_REFUSED);
      assertThat(report.sent()).isBetween(1, 40);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void run_badWebSocketTarget_accountsForEveryTalk(long seed) throws Exception {
    Random random = new Random(seed);
    RawServer.Behaviour behaviour =
        conversation -> {
          int what;
          synchronized (random) {
            what = random.nextInt(9);
          }
          if (what == 0) {
            conversation.reset();
            return;
          }
          conversation.readRequest();
          conversation.write(what == 1 ? "HTTP/1.1 200 OK\r\n\r\n" : talk().answer());
          switch (what) {
            case 2 -> conversation.reset();
            case 3 -> conversation.write(frame(TEXT, false, "half of it").substring(0, 5));
            case 4 -> conversation.write("no frame at all, but text, ".repeat(5));
            case 5 -> conversation.readBytes(1 << 20); // says nothing
            case 6 -> conversation.write(frame(CLOSE, false, "\003\363"));
            default -> {
              conversation.readBytes(11);
              conversation.write(frame(TEXT, false, "world"));
              conversation.readBytes(8);
              conversation.write(frame(CLOSE, false, "\003\350"));
            }
          }
        };
    Session[] sessions = new Session[40];
    for (int i = 0; i < sessions.length; i++) {
      sessions[i] = talk().session(i + 1);
    }
    try (RawServer server = new RawServer(behaviour)) {
      ReplayReport report = run(server.address(), seed % 2 == 0, sessions);
      assertAccount(report, sessions.length);
      assertThat(report.failures()).isPositive();
      assertThat(report.equal()).isPositive();
    }
  }

  @Test
  void run_nobodyListens_failsAllByRefusedConnections() throws Exception {
    InetSocketAddress nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = (InetSocketAddress) socket.getLocalSocketAddress();
    }
    List<Session> sessions = new ArrayList<>(List.of(streams()));
    sessions.add(talk().session(SESSIONS + 1));
    ReplayReport report = run(nobody, true, sessions.toArray(Session[]::new));
    assertThat(report.failed())
        .isEqualTo(Map.of(FailureReason.CONNECT_REFUSED, SESSIONS * STREAMS + 1));
  }

  private static TestTalk talk() {
    return new TestTalk()
        .client(TEXT, "hello")
        .server(TEXT, "world")
        .client(CLOSE, "\003\350")
        .server(CLOSE, "\003\350");
  }

  private static Session[] streams() {
    Session[] sessions = new Session[SESSIONS];
    for (int i = 0; i < SESSIONS; i++) {
      ConnectionInfo info = TestMessages.connection(1, TestMessages.CLIENT, TestMessages.SERVER);
      Exchange[] own = new Exchange[STREAMS];
      for (int j = 0; j < STREAMS; j++) {
        long started = (i + 5L * j) * MILLI;
        own[j] =
            TestMessages.exchange(
                i + 1,
                j,
                info,
                started,
                started + 3 * MILLI,
                TestStreams.request("/" + j, started, started, List.of()),
                TestStreams.response("ok"));
      }
      sessions[i] = TestMessages.session(i + 1, info, own);
    }
    return sessions;
  }

  /** The report checks the sums of its own. */
  private static void assertAccount(ReplayReport report, int recorded) {
    assertThat(report.recorded()).isEqualTo(recorded);
    assertThat(report.sent() + report.failures()).isEqualTo(recorded);
  }

  private static ReplayReport run(InetSocketAddress address, boolean max, Session... sessions)
      throws Exception {
    ReplayPlan plan =
        TestPlans.plan(
            PlanOptions.newBuilder().pace(max ? Pace.MAX : Pace.ORIGINAL).allowUnsafe(true).build(),
            sessions);
    ReplayOptions options =
        ReplayOptions.newBuilder(new Target(false, "127.0.0.1", address.getPort()))
            .answerTimeout(Duration.ofMillis(300))
            .maxErrors(0)
            .rehearse(false)
            .build();
    return new Replayer(plan, options, address).run(progress -> {});
  }
}
