// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import static dev.tapedeck.replayer.TestMessages.exchange;
import static dev.tapedeck.replayer.TestMessages.request;
import static dev.tapedeck.replayer.TestMessages.response;
import static dev.tapedeck.replayer.TestMessages.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.plan.PlanOptions;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.Selection;
import dev.tapedeck.replayer.plan.SelectionOptions;
import dev.tapedeck.replayer.result.FailureReason;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.target.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReplayerTlsTest {
  private static final String BODY = "x".repeat(70_000);
  private static final String ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Length: " + BODY.length() + "\r\n\r\n" + BODY;

  @TempDir private Path directory;
  private TestCertificate certificate;

  @BeforeEach
  void makeCertificate() throws Exception {
    certificate = TestCertificate.create(directory, "ip:127.0.0.1");
  }

  @Test
  void run_trustedCertificate_sendsAndCompares() throws Exception {
    try (RawServer server = server()) {
      ReplayReport report =
          run(
              server,
              ReplayOptions.newBuilder(target(server, "127.0.0.1"))
                  .certificateAuthorities(certificate.pem()));
      assertThat(report.failed()).isEmpty();
      assertThat(report.equal()).isEqualTo(2);
      assertThat(report.connectionsOpened()).isEqualTo(1);
      assertThat(server.received().get(0))
          .startsWith("GET /1 HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n\r\n");
    }
  }

  @Test
  void run_unknownCertificate_fails() throws Exception {
    try (RawServer server = server()) {
      ReplayReport report = run(server, ReplayOptions.newBuilder(target(server, "127.0.0.1")));
      assertThat(report.failed()).isEqualTo(Map.of(FailureReason.TLS_HANDSHAKE, 2));
    }
  }

  @Test
  void run_otherName_failsUnlessInsecure() throws Exception {
    try (RawServer server = server()) {
      ReplayReport strict =
          run(
              server,
              ReplayOptions.newBuilder(target(server, "localhost"))
                  .certificateAuthorities(certificate.pem()));
      assertThat(strict.failed()).isEqualTo(Map.of(FailureReason.TLS_HANDSHAKE, 2));
      ReplayReport insecure =
          run(server, ReplayOptions.newBuilder(target(server, "localhost")).insecure(true));
      assertThat(insecure.equal()).isEqualTo(2);
    }
  }

  @Test
  void run_targetWithoutTls_fails() throws Exception {
    try (RawServer server = new RawServer(RawServer.always(ANSWER))) {
      ReplayReport report =
          run(
              server,
              ReplayOptions.newBuilder(target(server, "127.0.0.1"))
                  .insecure(true)
                  // It waits for the end of a request that never comes.
                  .connectTimeout(Duration.ofSeconds(1)));
      assertThat(report.failed()).isEqualTo(Map.of(FailureReason.TLS_HANDSHAKE, 2));
    }
  }

  private RawServer server() throws Exception {
    return new RawServer(certificate.serverSockets(), RawServer.always(ANSWER));
  }

  private static Target target(RawServer server, String host) {
    return new Target(true, host, server.port());
  }

  private static ReplayReport run(RawServer server, ReplayOptions.Builder options)
      throws Exception {
    ConnectionInfo connection =
        TestMessages.connection(1, TestMessages.CLIENT, TestMessages.SERVER);
    Session recorded =
        session(
            1,
            connection,
            exchange(1, 0, connection, 0, 1, get("/1"), response(ANSWER)),
            exchange(1, 1, connection, 2, 3, get("/2"), response(ANSWER)));
    ReplayPlan plan =
        ReplayPlan.of(
            Selection.of(List.of(TestMessages.capture(recorded)), SelectionOptions.defaults()),
            PlanOptions.defaults());
    return new Replayer(plan, options.build(), server.address()).run(progress -> {});
  }

  private static HttpRequest get(String target) {
    return request("GET " + target + " HTTP/1.1\r\nHost: a.example\r\n\r\n");
  }
}
