// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import static dev.tapedeck.replayer.TestMessages.exchange;
import static dev.tapedeck.replayer.TestPlans.MILLI;
import static dev.tapedeck.replayer.TestStreams.request;
import static dev.tapedeck.replayer.TestStreams.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.plan.Pace;
import dev.tapedeck.replayer.plan.PlanOptions;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.result.FailureReason;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.target.Target;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replays of HTTP/2 connections. */
final class ReplayerStreamsTest {
  @TempDir private Path directory;

  @Test
  void run_gRpc_sendsFieldsFramesAndTrailersAsRecorded() throws Exception {
    HttpRequest call =
        TestStreams.withTrailers(
            request("/Shop/Order", 0, 0, List.of("abc", "de"), "te", "trailers", "x-a", " b"),
            "x-end",
            "yes");
    try (StreamsServer server =
        new StreamsServer(null, asked -> asked.answer("ok", "grpc-status", "0"))) {
      ReplayReport report =
          run(server, session(timed(call, response("ok", "grpc-status", "0"), 0, 10)));
      assertThat(report.failed()).isEmpty();
      assertThat(report.differences()).isEmpty();
      assertThat(report.equal()).isEqualTo(1);
      assertThat(server.log())
          .containsExactly(
              "1 HEADERS :method=POST :scheme=http :path=/Shop/Order :authority=127.0.0.1:%d te=trailers x-a= b"
                  .formatted(server.port()),
              "1 DATA abc",
              "1 DATA de",
              "1 HEADERS x-end=yes");
    }
  }

  @Test
  void run_otherTrailers_areDifferent() throws Exception {
    try (StreamsServer server =
        new StreamsServer(null, asked -> asked.answer("ok", "grpc-status", "13"))) {
      ReplayReport report =
          run(server, session(timed(get("/"), response("ok", "grpc-status", "0"), 0, 10)));
      assertThat(report.differences())
          .singleElement()
          .satisfies(one -> assertThat(one.difference().path()).isEqualTo("trailer:grpc-status"));
    }
  }

  @Test
  void run_uploadsAtTheSameTime_alternateAsRecorded() throws Exception {
    HttpRequest first = request("/1", 0, 1200 * MILLI, List.of("a", "b", "c"));
    HttpRequest second = request("/2", 200 * MILLI, 1400 * MILLI, List.of("x", "y", "z"));
    try (StreamsServer server = new StreamsServer(null, asked -> asked.answer("ok"))) {
      ReplayReport report =
          run(
              server,
              session(
                  timed(first, response("ok"), 0, 2000), timed(second, response("ok"), 200, 2000)));
      assertThat(report.failed()).isEmpty();
      assertThat(report.equal()).isEqualTo(2);
      assertThat(server.log().stream().filter(line -> line.contains("DATA")))
          .containsExactly(
              "1 DATA a", "3 DATA x", "1 DATA b", "3 DATA y", "1 DATA c .", "3 DATA z .");
    }
  }

  @Test
  void run_recordedOneAfterAnother_waitsForTheAnswer() throws Exception {
    AtomicReference<StreamsServer.Asked> slow = new AtomicReference<>();
    try (StreamsServer server =
        new StreamsServer(
            null,
            asked -> {
              if (asked.path().equals("/slow")) {
                slow.set(asked);
                return;
              }
              asked.answer("ok");
              if (asked.path().equals("/beside")) {
                slow.get().answer("ok");
              }
            })) {
      ReplayReport report =
          run(
              server,
              session(
                  timed(get("/slow"), response("ok"), 0, 10),
                  timed(get("/beside"), response("ok"), 5, 40),
                  timed(get("/after"), response("ok"), 20, 30)));
      assertThat(report.equal()).isEqualTo(3);
      assertThat(report.connectionsOpened()).isEqualTo(1);
      assertThat(report.results().get(1).endedNanos())
          .isLessThan(report.results().get(0).endedNanos());
      assertThat(report.results().get(2).readyNanos())
          .isEqualTo(report.results().get(0).endedNanos());
    }
  }

  @Test
  void run_targetGoesAway_opensAnotherConnectionForTheRest() throws Exception {
    try (StreamsServer server =
        new StreamsServer(
            null,
            asked -> {
              asked.answer("ok");
              asked.goAway();
            })) {
      ReplayReport report =
          run(
              server,
              session(
                  timed(get("/1"), response("ok"), 0, 10),
                  timed(get("/2"), response("ok"), 20, 30),
                  timed(get("/3"), response("ok"), 40, 50)));
      assertThat(report.sent()).isEqualTo(3);
      assertThat(report.connectionsOpened()).isEqualTo(3);
      assertThat(report.connectionsReopened()).isEqualTo(2);
      assertThat(report.failed()).isEmpty();
    }
  }

  @Test
  void run_resetStalledAndCut_failWithTheirReasonsAndTheRestGoesOn() throws Exception {
    try (StreamsServer server =
        new StreamsServer(
            null,
            asked -> {
              switch (asked.path()) {
                case "/reset" -> asked.reset();
                case "/cut" -> asked.hangUp();
                case "/stall" -> {}
                default -> asked.answer("ok");
              }
            })) {
      Session recorded =
          session(
              timed(get("/reset"), response("ok"), 0, 100),
              timed(get("/stall"), response("ok"), 1, 100),
              timed(get("/ok"), response("ok"), 2, 100),
              timed(get("/cut"), response("ok"), 400, 500),
              timed(get("/again"), response("ok"), 600, 700));
      ReplayReport report =
          new Replayer(
                  TestPlans.plan(all(), recorded),
                  // The others have to be answered within, on a busy machine too.
                  options(server).answerTimeout(Duration.ofSeconds(3)).build(),
                  server.address())
              .run(progress -> {});
      assertThat(report.failed())
          .isEqualTo(
              Map.of(
                  FailureReason.RESET, 1, FailureReason.TIMEOUT, 1, FailureReason.CLOSED_EARLY, 1));
      assertThat(report.sent()).isEqualTo(2);
      server.awaitLog("3 RST 8");
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void run_targetSpeaksHttp1_isTheWrongProtocol() throws Exception {
    try (RawServer server =
        new RawServer(RawServer.always("HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n"))) {
      ReplayReport report =
          new Replayer(
                  TestPlans.plan(all(), session(timed(get("/"), response("ok"), 0, 1))),
                  ReplayOptions.newBuilder(new Target(false, "127.0.0.1", server.port()))
                      .rehearse(false)
                      .build(),
                  server.address())
              .run(progress -> {});
      assertThat(report.failed()).isEqualTo(Map.of(FailureReason.WRONG_PROTOCOL, 1));
    }
  }

  @Test
  void run_manyStreamsAtMax_areAllAnswered() throws Exception {
    List<Exchange> exchanges = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      exchanges.add(timed(get("/" + i), response("ok"), 0, 1_000));
    }
    ReplayPlan plan =
        TestPlans.plan(
            PlanOptions.newBuilder().pace(Pace.MAX).build(),
            session(exchanges.toArray(new Exchange[0])));
    try (StreamsServer server = new StreamsServer(null, asked -> asked.answer("ok"))) {
      ReplayReport report =
          new Replayer(plan, options(server).build(), server.address()).run(progress -> {});
      assertThat(report.failed()).isEmpty();
      assertThat(report.equal()).isEqualTo(1000);
      assertThat(report.connectionsOpened()).isEqualTo(1);
    }
  }

  @Test
  void run_tlsWithAlpnAndClientCertificate_isTrustedAndTrusts() throws Exception {
    TestCertificate certificate = TestCertificate.create(directory, "dns:shop.example");
    SslContext tls =
        certificate
            .server(ApplicationProtocolNames.HTTP_2)
            .clientAuth(ClientAuth.REQUIRE)
            .trustManager(certificate.pem().toFile())
            .build();
    Session recorded = session(timed(get("/"), response("ok"), 0, 1));
    try (StreamsServer server = new StreamsServer(tls, asked -> asked.answer("ok"))) {
      ReplayOptions.Builder options =
          ReplayOptions.newBuilder(new Target(true, "127.0.0.1", server.port()))
              .rehearse(false)
              .serverName("shop.example")
              .certificateAuthorities(certificate.pem());
      ReplayReport stranger =
          new Replayer(TestPlans.plan(all(), recorded), options.build(), server.address())
              .run(progress -> {});
      assertThat(stranger.sent()).isZero();
      ReplayReport known =
          new Replayer(
                  TestPlans.plan(all(), recorded),
                  options.clientCertificate(certificate.pem(), certificate.key()).build(),
                  server.address())
              .run(progress -> {});
      assertThat(known.failed()).isEmpty();
      assertThat(known.equal()).isEqualTo(1);
      assertThat(server.log().get(0)).contains(":scheme=https");
    }
  }

  @Test
  void run_tlsWithoutHttp2_isTheWrongProtocol() throws Exception {
    TestCertificate certificate = TestCertificate.create(directory, "ip:127.0.0.1");
    SslContext tls = certificate.server(ApplicationProtocolNames.HTTP_1_1).build();
    try (StreamsServer server = new StreamsServer(tls, asked -> asked.answer("ok"))) {
      ReplayReport report =
          new Replayer(
                  TestPlans.plan(all(), session(timed(get("/"), response("ok"), 0, 1))),
                  ReplayOptions.newBuilder(new Target(true, "127.0.0.1", server.port()))
                      .rehearse(false)
                      .certificateAuthorities(certificate.pem())
                      .build(),
                  server.address())
              .run(progress -> {});
      assertThat(report.failed()).isEqualTo(Map.of(FailureReason.WRONG_PROTOCOL, 1));
    }
  }

  private static HttpRequest get(String path) {
    return request(path, 0, 0, List.of());
  }

  private static Exchange timed(
      HttpRequest request, HttpResponse response, long startMillis, long endMillis) {
    return exchange(1, 0, connection(), startMillis * MILLI, endMillis * MILLI, request, response);
  }

  private static ConnectionInfo connection() {
    return TestMessages.connection(1, TestMessages.CLIENT, TestMessages.SERVER);
  }

  private static Session session(Exchange... exchanges) {
    ConnectionInfo connection = connection();
    Exchange[] own = new Exchange[exchanges.length];
    for (int i = 0; i < own.length; i++) {
      Exchange one = exchanges[i];
      own[i] =
          exchange(
              1,
              i,
              connection,
              one.startedEpochNanos(),
              one.endedEpochNanos(),
              one.request(),
              one.response());
    }
    return TestMessages.session(1, connection, own);
  }

  private static PlanOptions all() {
    return PlanOptions.newBuilder().allowUnsafe(true).build();
  }

  private static ReplayOptions.Builder options(StreamsServer server) {
    return ReplayOptions.newBuilder(new Target(false, "127.0.0.1", server.port())).rehearse(false);
  }

  private static ReplayReport run(StreamsServer server, Session recorded) throws Exception {
    return new Replayer(TestPlans.plan(all(), recorded), options(server).build(), server.address())
        .run(progress -> {});
  }
}
