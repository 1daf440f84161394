// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import static dev.tapedeck.replayer.TestPlans.get;
import static dev.tapedeck.replayer.TestPlans.served;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.engine.OutgoingRequest;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.plan.Pace;
import dev.tapedeck.replayer.plan.PlanOptions;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.result.FailureReason;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.result.RequestResult;
import dev.tapedeck.replayer.target.Target;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that wait for what was answered on other connections. */
final class ReplayerReadinessTest {
  /** Answers the login a while after it was asked for what is free. */
  private static RawServer.Behaviour slowLogin() {
    CountDownLatch free = new CountDownLatch(1);
    return conversation -> {
      String request = conversation.readRequest();
      while (request != null) {
        if (request.startsWith("GET /login")) {
          assertThat(free.await(30, TimeUnit.SECONDS)).isTrue();
          Thread.sleep(250);
        }
        conversation.write(TestPlans.OK);
        if (request.startsWith("GET /free")) {
          free.countDown();
        }
        request = conversation.readRequest();
      }
    };
  }

  @Test
  void run_dependsOnAnotherConnection_waitsAndCountsAsBlocked() throws Exception {
    ReplayPlan plan =
        TestPlans.depending(
            TestPlans.plan(
                PlanOptions.defaults(),
                served(1, 0, get("/login")),
                served(2, 5, get("/cart")),
                served(3, 10, get("/free"))),
            Map.of(1, Set.of(0)));
    try (RawServer server = new RawServer(slowLogin())) {
      List<String> answered = Collections.synchronizedList(new ArrayList<>());
      ReplayReport report =
          replayer(plan, server, 64)
              .listener((request, answer) -> answered.add(request.exchange().target()))
              .run(progress -> {});
      assertThat(report.sent()).isEqualTo(3);
      assertThat(answered).containsExactly("/free", "/login", "/cart");
      RequestResult login = report.results().get(0);
      RequestResult cart = report.results().get(1);
      assertThat(cart.readyNanos()).isEqualTo(login.endedNanos());
      assertThat(cart.sentNanos()).isGreaterThanOrEqualTo(cart.readyNanos());
      assertThat(cart.blockedNanos())
          .isEqualTo(cart.readyNanos() - cart.request().dueNanos())
          .isGreaterThan(40_000_000);
      assertThat(cart.latenessNanos()).isEqualTo(cart.sentNanos() - cart.readyNanos());
      assertThat(report.pace().blocked().count()).isEqualTo(1);
    }
  }

  /** All slots are taken by connections that wait for one that has none. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void run_maxPaceAndFewSlots_neverWaitsForEver(int concurrency) throws Exception {
    List<Session> sessions = new ArrayList<>();
    for (int i = 1; i <= 40; i++) {
      sessions.add(served(i, i, 100, get("/" + i), get("/then")));
    }
    ReplayPlan plan =
        TestPlans.plan(
            PlanOptions.newBuilder().pace(Pace.MAX).build(), sessions.toArray(new Session[0]));
    // Second requests wait for the first ones of connections that have not begun.
    ReplayPlan tangled =
        plan.withDependencies(
            request ->
                request.number() < 40 ? Set.of() : Set.copyOf(List.of(79 - request.number(), 39)));
    try (RawServer server = new RawServer(RawServer.always(TestPlans.OK))) {
      ReplayReport report = replayer(tangled, server, concurrency).run(progress -> {});
      assertThat(report.sent()).isEqualTo(80);
      assertThat(report.connectionsOpened()).isEqualTo(40);
      assertThat(report.results())
          .allSatisfy(
              result -> {
                for (int other : result.request().dependsOn()) {
                  assertThat(result.sentNanos())
                      .isGreaterThanOrEqualTo(report.results().get(other).endedNanos());
                }
              });
    }
  }

  @Test
  void run_whatItDependsOnFails_isSentAllTheSame() throws Exception {
    ReplayPlan plan =
        TestPlans.depending(
            TestPlans.plan(
                PlanOptions.defaults(), served(1, 0, get("/login")), served(2, 5, get("/cart"))),
            Map.of(1, Set.of(0)));
    RawServer.Behaviour noLogin =
        conversation -> {
          if (!conversation.readRequest().startsWith("GET /login")) {
            conversation.write(TestPlans.OK);
          }
        };
    try (RawServer server = new RawServer(noLogin)) {
      ReplayReport report = replayer(plan, server, 64).run(progress -> {});
      assertThat(report.failed()).isEqualTo(Map.of(FailureReason.CLOSED_EARLY, 1));
      assertThat(report.sent()).isEqualTo(1);
    }
  }

  @Test
  void run_splicerWithholds_failsThatRequestOnly() throws Exception {
    ReplayPlan plan =
        TestPlans.plan(PlanOptions.defaults(), served(1, 0, get("/a"), get("/b"), get("/c")));
    try (RawServer server = new RawServer(RawServer.always(TestPlans.OK))) {
      ReplayReport report =
          replayer(plan, server, 64).splicer(ReplayerReadinessTest::withoutB).run(progress -> {});
      assertThat(report.sent()).isEqualTo(2);
      assertThat(report.failed()).isEqualTo(Map.of(FailureReason.FLOW_MISSING, 1));
      assertThat(server.received())
          .containsExactly("GET /spliced HTTP/1.1\r\n\r\nGET /spliced HTTP/1.1\r\n\r\n");
    }
  }

  private static OutgoingRequest withoutB(PlannedRequest request, HttpRequest recorded) {
    return request.exchange().target().equals("/b")
        ? new OutgoingRequest.Withheld(FailureReason.FLOW_MISSING)
        : new OutgoingRequest.Http1(List.of(Bytes.latin1("GET /spliced HTTP/1.1\r\n\r\n")));
  }

  private static Replayer replayer(ReplayPlan plan, RawServer server, int concurrency) {
    ReplayOptions options =
        ReplayOptions.newBuilder(new Target(false, "localhost", server.port()))
            .rehearse(false)
            .concurrency(concurrency)
            .build();
    return new Replayer(plan, options, server.address());
  }
}
