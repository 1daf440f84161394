// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rehearsal;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Link;
import dev.tapedeck.analyzer.MessageSpan;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.http.AnswerReader;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import dev.tapedeck.replayer.capture.BodyStore;
import dev.tapedeck.replayer.certificate.CertificateAuthority;
import dev.tapedeck.replayer.certificate.IssuedCertificate;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.plan.PlanOptions;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.SelectedExchange;
import dev.tapedeck.replayer.plan.Selection;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.target.Target;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A replay against ourselves before the one that counts: a cold JVM takes hundreds of milliseconds
 * for its first connections and answers, and would make the first requests of every replay late.
 *
 * <p>The other side is a listener on 127.0.0.1 that exists for that moment and answers everything
 * alike.
 */
public final class Rehearsal {
  /** Recorded answer; the one that comes has another body, so that bodies are compared too. */
  private static final String RECORDED_ANSWER =
      """
      HTTP/1.1 200 OK\r
      Date: Sun, 06 Nov 1994 08:49:37 GMT\r
      Content-Type: application/json\r
      Content-Length: 16\r
      \r
      {"a": [1, 2, 3]}""";

  private static final String HEAD = "GET / HTTP/1.1\r\nHost: rehearsal\r\n\r\n";
  private static final int CONNECTIONS = 8;
  private static final int REQUESTS = 100;
  private static final long STEP_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

  private Rehearsal() {}

  /** Holds a replay: the same one as the one that counts. */
  @FunctionalInterface
  public interface Performance {
    /**
     * Runs the plan against the address.
     *
     * @param tls what is trusted; null for no TLS
     */
    ReplayReport run(
        ReplayPlan plan, ReplayOptions options, InetSocketAddress address, @Nullable SslContext tls)
        throws IOException, InterruptedException;
  }

  /** Runs the rehearsal for replays with these options; its report is of interest to tests only. */
  public static ReplayReport run(ReplayOptions options, Performance performance)
      throws IOException, InterruptedException {
    try {
      IssuedCertificate certificate =
          options.target().tls()
              ? CertificateAuthority.create(Clock.systemUTC()).issue(List.of("127.0.0.1"))
              : null;
      try (RehearsalServer server = new RehearsalServer(certificate)) {
        ReplayOptions own =
            ReplayOptions.newBuilder(
                    new Target(certificate != null, "127.0.0.1", server.address().getPort()))
                .maxErrors(0)
                .rehearse(false)
                .build();
        SslContext tls =
            certificate == null
                ? null
                : SslContextBuilder.forClient().trustManager(certificate.chain().get(1)).build();
        ReplayPlan plan = plan();
        return performance.run(plan, own, server.address(), tls);
      }
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS cannot be rehearsed: " + e.getMessage(), e);
    }
  }

  private static ReplayPlan plan() {
    List<Session> sessions = new ArrayList<>();
    List<SelectedExchange> exchanges = new ArrayList<>();
    BodyStore bodies = new BodyStore(Long.MAX_VALUE);
    HttpResponse response = response();
    for (int i = 0; i < REQUESTS; i++) {
      for (int session = 0; session < CONNECTIONS; session++) {
        if (i == 0) {
          sessions.add(Session.newBuilder(session + 1, connection()).build());
        }
        long started = (long) (i * CONNECTIONS + session) * STEP_NANOS;
        Exchange exchange =
            Exchange.newBuilder(session + 1, i, connection())
                .request(request())
                .response(response)
                .times(started, null, started)
                .build();
        exchanges.add(new SelectedExchange(exchange.id(), session, false, exchange, bodies));
      }
    }
    return ReplayPlan.of(new Selection(exchanges, sessions), PlanOptions.defaults());
  }

  private static HttpRequest request() {
    Bytes head = Bytes.latin1(HEAD);
    int name = HEAD.indexOf("Host");
    int value = HEAD.indexOf("rehearsal");
    int[] spans = {name, name + "Host".length(), value, value + "rehearsal".length()};
    return new HttpRequest(
        "GET",
        "/",
        "HTTP/1.1",
        "rehearsal",
        head,
        HeaderFields.ofSpans(head, spans),
        HeaderFields.NONE,
        Body.NONE,
        new MessageSpan(0, head.length(), 0, 0),
        Completeness.COMPLETE,
        List.of());
  }

  private static HttpResponse response() {
    AnswerReader reader = new AnswerReader(AnalyzerOptions.DEFAULT_MAX_HEAD_BYTES);
    reader.expect("GET");
    reader.feed(Bytes.latin1(RECORDED_ANSWER), 0);
    return Objects.requireNonNull(reader.poll(), "answer");
  }

  private static ConnectionInfo connection() {
    return ConnectionInfo.newBuilder(Role.SERVER)
        .link(new Link(Link.Method.NONE, Link.Confidence.NONE, "rehearsed"))
        .build();
  }
}
