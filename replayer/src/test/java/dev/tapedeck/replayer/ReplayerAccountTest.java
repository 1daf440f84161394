// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import static dev.tapedeck.replayer.TestPlans.get;
import static dev.tapedeck.replayer.TestPlans.served;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.plan.Pace;
import dev.tapedeck.replayer.plan.PlanOptions;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.SkipReason;
import dev.tapedeck.replayer.result.FailureReason;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.result.RequestResult;
import dev.tapedeck.replayer.target.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever the target does, every recorded request is sent, skipped or failed, once, and the replay
 * ends. The report itself refuses to be made when its sums do not match.
 */
final class ReplayerAccountTest {
  /** What a bad target does with a request, chosen at random. */
  private static final class BadTarget implements RawServer.Behaviour {
    private final Random random;

    BadTarget(long seed) {
      random = new Random(seed);
    }

    @Override
    public void serve(RawServer.Conversation conversation)
        throws IOException, InterruptedException {
      if (next(20) == 0) {
        conversation.reset();
        return;
      }
      while (conversation.readRequest() != null) {
        switch (next(12)) {
          case 0 -> {
            conversation.reset();
            return;
          }
          case 1 -> {
            return;
          }
          case 2 -> {
            conversation.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
            return;
          }
          case 3 -> conversation.write("220 mail.example ESMTP\r\n\r\n");
          case 4 -> conversation.write(TestPlans.OK + "and noise that nobody asked for");
          case 5 -> {
            conversation.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
          }
          case 6 -> {
            conversation.write("HTTP/1.1 200");
            Thread.sleep(400);
            return;
          }
          case 7 -> conversation.write("HTTP/1.1 100 Continue\r\n\r\n" + TestPlans.OK);
          case 8 -> {
            conversation.write(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
            return;
          }
          default -> conversation.write(TestPlans.OK);
        }
      }
    }

    private synchronized int next(int bound) {
      return random.nextInt(bound);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void run_badTarget_accountsForEveryRequest(long seed) throws Exception {
    try (RawServer server = new RawServer(new BadTarget(seed))) {
      assertAccounts(seed, server, options(server));
    }
  }

  @Test
  void run_badTargetWithTls_accountsForEveryRequest(@TempDir Path directory) throws Exception {
    TestCertificate certificate = TestCertificate.create(directory, "dns:localhost");
    for (long seed = 7; seed < 10; seed++) {
      try (RawServer server = new RawServer(certificate.serverSockets(), new BadTarget(seed))) {
        assertAccounts(
            seed,
            server,
            ReplayOptions.newBuilder(new Target(true, "localhost", server.port()))
                .certificateAuthorities(certificate.pem())
                .rehearse(false));
      }
    }
  }

  private static void assertAccounts(long seed, RawServer server, ReplayOptions.Builder options)
      throws Exception {
    List<Session> sessions = new ArrayList<>();
    for (int i = 1; i <= 30; i++) {
      Session plain = served(i, i, get("/1"), get("/2"), get("/3"), get("/4"));
      List<Exchange> exchanges = new ArrayList<>(plain.exchanges());
      if (i % 3 == 0) {
        exchanges.replaceAll(one -> one.index() % 2 == 1 ? TestMessages.pipelined(one) : one);
      }
      sessions.add(plain.toBuilder().exchanges(exchanges).build());
    }
    Pace pace = seed % 2 == 0 ? Pace.MAX : Pace.ORIGINAL;
    ReplayPlan plan =
        TestPlans.plan(
                PlanOptions.newBuilder()
                    .pace(pace)
                    .pooledConnections(seed % 3 == 0 ? 4 : 0)
                    .build(),
                sessions.toArray(new Session[0]))
            .withDependencies(
                request -> request.number() % 7 == 6 ? Set.of(request.number() / 2) : Set.of());
    ReplayReport report =
        new Replayer(
                plan,
                options.concurrency(5).maxErrors(0).answerTimeout(Duration.ofMillis(150)).build(),
                server.address())
            .run(progress -> {});
    assertThat(report.recorded()).isEqualTo(120);
    assertThat(report.skipped()).isEmpty();
    assertThat(report.sent() + report.failures()).isEqualTo(120);
    assertThat(report.sent()).isPositive();
    assertThat(report.failures()).isPositive();
    assertThat(report.results())
        .allSatisfy(
            result -> {
              assertThat(result.answered()).isEqualTo(result.endedNanos() != null);
              assertThat(result.failed() == null).isEqualTo(result.answered());
            });
  }

  @Test
  void run_targetDies_failsTheRestByRefusedConnections() throws Exception {
    AtomicInteger answered = new AtomicInteger();
    List<Session> sessions = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      sessions.add(served(i, 5L * i, get("/1"), get("/2")));
    }
    RawServer[] self = new RawServer[1];
    RawServer.Behaviour dying =
        conversation -> {
          while (conversation.readRequest() != null) {
            if (answered.incrementAndGet() == 10) {
              self[0].close();
              return;
            }
            conversation.write(TestPlans.OK);
          }
        };
    try (RawServer server = new RawServer(dying)) {
      self[0] = server;
      ReplayReport report =
          new Replayer(
                  TestPlans.plan(PlanOptions.defaults(), sessions.toArray(new Session[0])),
                  options(server).maxErrors(0).build(),
                  server.address())
              .run(progress -> {});
      assertThat(report.sent() + report.failures()).isEqualTo(40);
      assertThat(report.failed()).containsKey(FailureReason.CONNECT_REFUSED);
    }
  }

  @Test
  void run_targetDiesAndErrorsAreCounted_stops() throws Exception {
    List<Session> sessions = new ArrayList<>();
    for (int i = 1; i <= 50; i++) {
      sessions.add(served(i, 5L * i, get("/1")));
    }
    // One after another: a busy machine would find many due, and send them at once.
    ReplayPlan plan =
        TestPlans.plan(PlanOptions.defaults(), sessions.toArray(new Session[0]))
            .withDependencies(
                request -> request.number() == 0 ? Set.of() : Set.of(request.number() - 1));
    try (RawServer server = new RawServer(conversation -> conversation.reset())) {
      ReplayReport report =
          new Replayer(plan, options(server).maxErrors(10).build(), server.address())
              .run(progress -> {});
      assertThat(report.stopped()).isEqualTo(SkipReason.STOPPED_BY_ERRORS);
      assertThat(report.skipped().get(SkipReason.STOPPED_BY_ERRORS)).isGreaterThan(20);
      assertThat(report.failures()).isBetween(10, 29);
    }
  }

  @Test
  void run_targetStallsForAWhile_showsInTheLatencyFromDue() throws Exception {
    int connections = 50;
    int perSecond = 2000;
    int seconds = 10;
    List<Session> sessions = new ArrayList<>();
    for (int c = 0; c < connections; c++) {
      sessions.add(TestPlans.steady(c + 1, c, connections, perSecond, seconds));
    }
    ReplayPlan plan = TestPlans.plan(PlanOptions.defaults(), sessions.toArray(new Session[0]));
    AtomicLong begun = new AtomicLong();
    RawServer.Behaviour stalling =
        conversation -> {
          while (conversation.readRequest() != null) {
            begun.compareAndSet(0, System.nanoTime());
            long stallLeft = Duration.ofMillis(4400).toNanos() - (System.nanoTime() - begun.get());
            if (stallLeft > 0 && stallLeft < Duration.ofMillis(1400).toNanos()) {
              Thread.sleep(Duration.ofNanos(stallLeft).toMillis() + 1);
            }
            conversation.write(TestPlans.OK);
          }
        };
    try (RawServer server = new RawServer(stalling)) {
      ReplayReport report =
          new Replayer(plan, options(server).build(), server.address()).run(progress -> {});
      assertThat(report.sent()).isEqualTo(perSecond * seconds);
      assertThat(report.latencyFromDue().p99()).isGreaterThan(1_000_000);
      // Each connection waited once: what counts from sending alone hides the stall.
      assertThat(report.latencyFromSent().p99()).isLessThan(1_000_000);
      assertThat(report.pace().blocked().count()).isGreaterThan(1000);
      RequestResult last = report.results().get(report.results().size() - 1);
      assertThat(last.request().dueNanos()).isEqualTo((perSecond * seconds - 1) * 500_000L);
    }
  }

  @Test
  void run_refusedAndAnswered_areCountedApart() throws Exception {
    ReplayPlan plan = TestPlans.plan(PlanOptions.defaults(), served(1, 0, get("/1"), get("/2")));
    try (RawServer server =
        new RawServer(
            conversation -> {
              conversation.readRequest();
              conversation.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
              conversation.readRequest();
              conversation.reset();
            })) {
      ReplayReport report =
          new Replayer(plan, options(server).build(), server.address()).run(progress -> {});
      assertThat(report.sent()).isEqualTo(1);
      assertThat(report.failed()).isEqualTo(Map.of(FailureReason.RESET, 1));
      assertThat(report.equal()).isEqualTo(1);
    }
  }

  private static ReplayOptions.Builder options(RawServer server) {
    return ReplayOptions.newBuilder(new Target(false, "localhost", server.port())).rehearse(false);
  }
}
