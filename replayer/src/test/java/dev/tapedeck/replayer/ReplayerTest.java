// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import static dev.tapedeck.replayer.TestMessages.exchange;
import static dev.tapedeck.replayer.TestMessages.request;
import static dev.tapedeck.replayer.TestMessages.response;
import static dev.tapedeck.replayer.TestMessages.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.plan.Pace;
import dev.tapedeck.replayer.plan.PlanOptions;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.Selection;
import dev.tapedeck.replayer.plan.SelectionException;
import dev.tapedeck.replayer.plan.SelectionOptions;
import dev.tapedeck.replayer.plan.SkipReason;
import dev.tapedeck.replayer.result.FailureReason;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.result.RequestResult;
import dev.tapedeck.replayer.target.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ReplayerTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final long MILLI = 1_000_000;

  @Test
  void run_threeConnections_sendsRecordedBytesOnAsMany() throws Exception {
    List<String> recorded =
        List.of(
            "GET /a HTTP/1.1\r\nHost: old.example\r\nX-A:  1 \r\n\r\n"
                + "POST /b HTTP/1.1\r\nhost:old.example\r\nContent-Length: 5\r\n\r\nhello",
            "HEAD /c HTTP/1.1\r\nACCEPT: */*\r\nHost: old.example\r\n\r\n",
            "GET /d HTTP/1.1\r\nHost: old.example\r\n\r\nGET /e HTTP/1.1\r\nHost: old.example\r\n\r\n");
    try (RawServer server = new RawServer(ReplayerTest::answerByMethod)) {
      ReplayReport report =
          run(
              server.address(),
              plan(
                  true,
                  served(
                      1,
                      0,
                      "GET /a HTTP/1.1\r\nHost: old.example\r\nX-A:  1 \r\n\r\n",
                      "POST /b HTTP/1.1\r\nhost:old.example\r\nContent-Length: 5\r\n\r\nhello"),
                  served(2, 5, "HEAD /c HTTP/1.1\r\nACCEPT: */*\r\nHost: old.example\r\n\r\n"),
                  served(3, 10, get("/d"), get("/e"))));
      assertThat(report.sent()).isEqualTo(5);
      assertThat(report.failed()).isEmpty();
      assertThat(report.connectionsRecorded()).isEqualTo(3);
      assertThat(report.connectionsOpened()).isEqualTo(3);
      // Connections are opened by several threads where there are more processors.
      assertThat(server.received())
          .containsExactlyInAnyOrderElementsOf(
              recorded.stream()
                  .map(text -> text.replace("old.example", "localhost:" + server.port()))
                  .toList());
    }
  }

  @Test
  void run_recordedPipelined_sendsBothBeforeTheFirstAnswer() throws Exception {
    RawServer.Behaviour both =
        conversation -> {
          conversation.readRequest();
          conversation.readRequest();
          conversation.write(OK + OK);
          conversation.readRequest();
        };
    try (RawServer server = new RawServer(both)) {
      Session recorded = served(1, 0, get("/1"), get("/2"));
      Session pipelined =
          session(
              1,
              recorded.connection(),
              recorded.exchanges().get(0),
              TestMessages.pipelined(recorded.exchanges().get(1)));
      ReplayReport report = run(server.address(), plan(false, pipelined));
      assertThat(report.sent()).isEqualTo(2);
      assertThat(report.equal()).isEqualTo(2);
    }
  }

  @Test
  void run_notPipelined_waitsForTheAnswerAndCountsItAsBlocked() throws Exception {
    RawServer.Behaviour slow =
        conversation -> {
          while (conversation.readRequest() != null) {
            Thread.sleep(50);
            conversation.write(OK);
          }
        };
    try (RawServer server = new RawServer(slow)) {
      ReplayReport report = run(server.address(), plan(false, served(1, 0, get("/1"), get("/2"))));
      RequestResult second = report.results().get(1);
      assertThat(second.readyNanos()).isEqualTo(report.results().get(0).endedNanos());
      assertThat(second.sentNanos()).isGreaterThanOrEqualTo(second.readyNanos());
      assertThat(report.pace().blocked().count()).isEqualTo(1);
      assertThat(report.pace().blocked().max()).isGreaterThan(40_000);
    }
  }

  @Test
  void run_answersInEveryFraming_areEqualToTheirBaseline() throws Exception {
    RawServer.Behaviour framings =
        conversation -> {
          conversation.readRequest();
          conversation.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n");
          conversation.write("Transfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n");
          conversation.readRequest();
          conversation.write("HTTP/1.1 200 OK\r\n\r\nok");
        };
    try (RawServer server = new RawServer(framings)) {
      ReplayReport report = run(server.address(), plan(false, served(1, 0, get("/1"), get("/2"))));
      assertThat(report.differences()).isEmpty();
      assertThat(report.equal()).isEqualTo(2);
    }
  }

  @Test
  void run_targetClosesAfterEachAnswer_opensAgain() throws Exception {
    RawServer.Behaviour once =
        conversation -> {
          conversation.readRequest();
          conversation.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
        };
    try (RawServer server = new RawServer(once)) {
      ReplayReport report =
          run(server.address(), plan(false, served(1, 0, get("/1"), get("/2"), get("/3"))));
      assertThat(report.sent()).isEqualTo(3);
      assertThat(report.connectionsOpened()).isEqualTo(3);
      assertThat(report.connectionsReopened()).isEqualTo(2);
    }
  }

  @Test
  void run_nobodyListens_accountsForEveryRequest() throws Exception {
    InetSocketAddress nobody;
    try (ServerSocket socket = new ServerSocket(0)) {
      nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
    }
    ReplayReport report =
        run(nobody, plan(false, served(1, 0, get("/1"), get("/2")), served(2, 1, get("/3"))));
    assertThat(report.sent()).isZero();
    assertThat(report.failed()).isEqualTo(Map.of(FailureReason.CONNECT_REFUSED, 3));
  }

  @Test
  void run_reset_failsThatRequestOnly() throws Exception {
    RawServer.Behaviour resets =
        conversation -> {
          String request = conversation.readRequest();
          while (request != null) {
            if (request.contains("/bad")) {
              conversation.reset();
              return;
            }
            conversation.write(OK);
            request = conversation.readRequest();
          }
        };
    try (RawServer server = new RawServer(resets)) {
      ReplayReport report =
          run(server.address(), plan(false, served(1, 0, get("/1"), get("/bad"), get("/3"))));
      assertThat(report.sent()).isEqualTo(2);
      assertThat(report.failed()).isEqualTo(Map.of(FailureReason.RESET, 1));
    }
  }

  @Test
  void run_earlyClose_failsWhatWasNotAnswered() throws Exception {
    RawServer.Behaviour cut =
        conversation -> {
          conversation.readRequest();
          conversation.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok");
        };
    try (RawServer server = new RawServer(cut)) {
      ReplayReport report = run(server.address(), plan(false, served(1, 0, get("/1"), get("/2"))));
      assertThat(report.failed()).isEqualTo(Map.of(FailureReason.CLOSED_EARLY, 2));
    }
  }

  @Test
  void run_malformedAnswer_fails() throws Exception {
    try (RawServer server = new RawServer(RawServer.always("garbage\r\n\r\n"))) {
      ReplayReport report = run(server.address(), plan(false, served(1, 0, get("/1"))));
      assertThat(report.failed()).isEqualTo(Map.of(FailureReason.MALFORMED_ANSWER, 1));
    }
  }

  @Test
  void run_stall_timesOut() throws Exception {
    RawServer.Behaviour stalls =
        conversation -> {
          conversation.readRequest();
          conversation.write("HTTP/1.1 200 OK\r\n");
          conversation.readRequest();
        };
    try (RawServer server = new RawServer(stalls)) {
      ReplayReport report =
          new Replayer(
                  plan(false, served(1, 0, get("/1"))),
                  options(server).answerTimeout(Duration.ofMillis(100)).build(),
                  server.address())
              .run(progress -> {});
      assertThat(report.failed()).isEqualTo(Map.of(FailureReason.TIMEOUT, 1));
    }
  }

  @Test
  void stop_answerThatTricklesForEver_endsSoon() throws Exception {
    RawServer.Behaviour trickle =
        conversation -> {
          conversation.readRequest();
          conversation.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
          for (int i = 0; i < 1000; i++) {
            conversation.write("x");
            Thread.sleep(100);
          }
        };
    try (RawServer server = new RawServer(trickle)) {
      Replayer replayer =
          new Replayer(
              plan(false, served(1, 0, get("/1"), get("/2"))),
              options(server).rehearse(false).build(),
              server.address());
      long begun = System.nanoTime();
      ReplayReport report =
          replayer.run(
              progress -> {
                if (progress.sent() > 0) {
                  replayer.stop();
                }
              });
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
      assertThat(report.failed()).containsEntry(FailureReason.TIMEOUT, 1);
      assertThat(report.skipped()).containsEntry(SkipReason.INTERRUPTED, 1);
    }
  }

  @Test
  void run_answerTooLarge_fails() throws Exception {
    try (RawServer server =
        new RawServer(
            RawServer.always(
                "HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + "x".repeat(9000)))) {
      ReplayReport report =
          new Replayer(
                  plan(false, served(1, 0, get("/1"))),
                  options(server).maxAnswerBytes(100).build(),
                  server.address())
              .run(progress -> {});
      assertThat(report.sent() + report.failures()).isEqualTo(1);
    }
  }

  @Test
  void run_errorStorm_stopsAndSkipsTheRest() throws Exception {
    String[] requests = new String[50];
    Arrays.setAll(requests, i -> get("/" + i));
    try (RawServer server =
        new RawServer(RawServer.always("HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n"))) {
      ReplayReport report =
          new Replayer(
                  plan(false, served(1, 0, requests)),
                  options(server).maxErrors(5).build(),
                  server.address())
              .run(progress -> {});
      assertThat(report.stopped()).isEqualTo(SkipReason.STOPPED_BY_ERRORS);
      assertThat(report.skipped()).isEqualTo(Map.of(SkipReason.STOPPED_BY_ERRORS, 45));
      assertThat(report.sent()).isEqualTo(5);
      assertThat(report.recorded()).isEqualTo(50);
    }
  }

  @Test
  void run_maxPace_keepsAtMostSoManyConnections() throws Exception {
    List<Session> sessions = new ArrayList<>();
    for (int i = 1; i <= 97; i++) {
      sessions.add(served(i, i * 1000L, get("/" + i), get("/again")));
    }
    ConcurrencyMeter meter = new ConcurrencyMeter(7);
    try (RawServer server = new RawServer(meter)) {
      ReplayPlan plan =
          ReplayPlan.of(
              Selection.of(
                  List.of(TestMessages.capture(sessions.toArray(new Session[0]))),
                  SelectionOptions.defaults()),
              PlanOptions.newBuilder().pace(Pace.MAX).build());
      ReplayReport report =
          new Replayer(plan, options(server).concurrency(7).build(), server.address())
              .run(progress -> {});
      assertThat(report.sent()).isEqualTo(194);
      assertThat(report.connectionsOpened()).isEqualTo(97);
      assertThat(meter.most()).isEqualTo(7);
    }
  }

  @Test
  void run_pool_sendsEverythingOnThatManyConnections() throws Exception {
    List<Session> sessions = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      sessions.add(served(i, i, get("/" + i)));
    }
    try (RawServer server = new RawServer(RawServer.always(OK))) {
      ReplayPlan plan =
          ReplayPlan.of(
              Selection.of(
                  List.of(TestMessages.capture(sessions.toArray(new Session[0]))),
                  SelectionOptions.defaults()),
              PlanOptions.newBuilder().pace(Pace.ORIGINAL).pooledConnections(3).build());
      ReplayReport report = run(server.address(), plan);
      assertThat(report.sent()).isEqualTo(20);
      assertThat(report.connectionsRecorded()).isEqualTo(20);
      assertThat(report.connectionsOpened()).isEqualTo(3);
    }
  }

  @Test
  void run_thousandPerSecond_keepsTheSchedule() throws Exception {
    List<Session> sessions = new ArrayList<>();
    for (int connection = 0; connection < 10; connection++) {
      Endpoint client = new Endpoint("192.0.2.1", 40000 + connection);
      ConnectionInfo info = TestMessages.connection(1, client, TestMessages.SERVER);
      Exchange[] exchanges = new Exchange[100];
      for (int i = 0; i < exchanges.length; i++) {
        long started = (i * 10L + connection) * MILLI;
        exchanges[i] =
            exchange(
                connection + 1, i, info, started, started + 1, request(get("/" + i)), response(OK));
      }
      sessions.add(session(connection + 1, info, exchanges));
    }
    try (RawServer server = new RawServer(RawServer.always(OK))) {
      ReplayReport report = run(server.address(), plan(false, sessions.toArray(new Session[0])));
      System.out.println(
          "1000 requests at 1000/s: lateness "
              + report.pace().lateness()
              + " us, drift "
              + report.pace().driftMicros()
              + " us, achieved "
              + report.pace().achievedRate());
      assertThat(report.sent()).isEqualTo(1000);
      assertThat(report.pace().scheduledRate()).isEqualTo(1000.0);
      assertThat(report.results())
          .allSatisfy(
              result -> {
                long due = result.request().dueNanos();
                long ready = result.readyNanos() == null ? due : result.readyNanos();
                assertThat(result.sentNanos()).isGreaterThanOrEqualTo(Math.max(due, ready));
              });
      assertThat(report.results().get(999).request().dueNanos()).isEqualTo(999 * MILLI);
    }
  }

  private static void answerByMethod(RawServer.Conversation conversation) throws IOException {
    String request = conversation.readRequest();
    while (request != null) {
      // A HEAD answer has no body, whatever its length field says.
      conversation.write(request.startsWith("HEAD") ? OK.substring(0, OK.length() - 2) : OK);
      request = conversation.readRequest();
    }
  }

  private static ReplayOptions.Builder options(RawServer server) {
    return ReplayOptions.newBuilder(new Target(false, "localhost", server.port())).rehearse(false);
  }

  private static ReplayReport run(InetSocketAddress address, ReplayPlan plan) throws Exception {
    ReplayOptions options =
        ReplayOptions.newBuilder(new Target(false, "localhost", address.getPort()))
            .rehearse(false)
            .build();
    return new Replayer(plan, options, address).run(progress -> {});
  }

  private static ReplayPlan plan(boolean allowUnsafe, Session... sessions)
      throws SelectionException {
    return ReplayPlan.of(
        Selection.of(List.of(TestMessages.capture(sessions)), SelectionOptions.defaults()),
        PlanOptions.newBuilder().pace(Pace.ORIGINAL).allowUnsafe(allowUnsafe).build());
  }

  private static String get(String target) {
    return "GET " + target + " HTTP/1.1\r\nHost: old.example\r\n\r\n";
  }

  private static Session served(int number, long startMillis, String... requests) {
    Endpoint client = new Endpoint("192.0.2.1", 40000 + number);
    ConnectionInfo info = TestMessages.connection(1, client, TestMessages.SERVER);
    Exchange[] exchanges = new Exchange[requests.length];
    for (int i = 0; i < requests.length; i++) {
      long started = (startMillis + i) * MILLI;
      exchanges[i] =
          exchange(number, i, info, started, started + 1, request(requests[i]), response(OK));
    }
    return session(number, info, exchanges);
  }

  /**
   * Counts the requests that wait for their answer. A client closes a connection before it opens
   * the next one, but the server can learn of both in any order; a request in its hands is sure.
   */
  private static final class ConcurrencyMeter implements RawServer.Behaviour {
    private final int awaited;
    private final CountDownLatch reached;
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    /** Answers nothing until so many requests wait at once, so that they are seen together. */
    ConcurrencyMeter(int awaited) {
      this.awaited = awaited;
      this.reached = new CountDownLatch(awaited);
    }

    @Override
    public void serve(RawServer.Conversation conversation)
        throws IOException, InterruptedException {
      while (conversation.readRequest() != null) {
        most.accumulateAndGet(now.incrementAndGet(), Math::max);
        reached.countDown();
        if (!reached.await(20, TimeUnit.SECONDS)) {
          throw new IllegalStateException("only " + most + " of " + awaited + " requests came");
        }
        now.decrementAndGet();
        conversation.write(OK);
      }
    }

    int most() {
      return most.get();
    }
  }
}
