// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

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
import dev.tapedeck.analyzer.ProcessInfo;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.http.AnswerReader;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.Role;
import dev.tapedeck.replayer.Replayer;
import dev.tapedeck.replayer.capture.RecordedCapture;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.plan.Pace;
import dev.tapedeck.replayer.plan.PlanOptions;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.Selection;
import dev.tapedeck.replayer.plan.SelectionException;
import dev.tapedeck.replayer.plan.SelectionOptions;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.target.Target;
import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replays small GETs at pace {@code max} beside wrk, against the same small nginx on the same
 * machine, in alternating runs with medians; then at 1000/s and 5000/s of the original pace, where
 * lateness counts, and GoReplay with the same requests at the same times where there is one.
 *
 * <p>The replayer reads and compares every answer; wrk counts them.
 */
public final class ReplayBench {
  private static final int CONNECTIONS = 64;
  private static final String REQUEST =
      "GET /api/orders/17 HTTP/1.1\r\nHost: recorded.example\r\nAccept: */*\r\n\r\n";
  private static final Pattern WRK_RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");

  private final BenchNginx nginx;
  private final PrintStream out;
  private final HttpResponse baseline;
  private final Size size;

  /** How much is measured. */
  private record Size(int requestsPerConnection, int runs, int wrkSeconds, int pacedSeconds) {
    static final Size FULL = new Size(4000, 5, 4, 10);

    /** Says whether everything still works, and no more. */
    static final Size SHORT = new Size(200, 1, 1, 2);
  }

  private ReplayBench(BenchNginx nginx, PrintStream out, Size size) throws IOException {
    this.nginx = nginx;
    this.out = out;
    this.size = size;
    this.baseline = answer();
  }

  /** Runs the benchmark; {@code --short} only to see that it does. */
  public static void main(String[] arguments) throws Exception {
    run(List.of(arguments).contains("--short"), System.out);
  }

  static void run(boolean isShort, PrintStream out) throws Exception {
    try (BenchNginx nginx = BenchNginx.start()) {
      ReplayBench bench = new ReplayBench(nginx, out, isShort ? Size.SHORT : Size.FULL);
      bench.maximum();
      GoReplay goReplay = GoReplay.find();
      for (int perSecond : new int[] {1000, 5000}) {
        bench.paced(perSecond);
        if (goReplay != null) {
          bench.paced(goReplay, perSecond);
        }
      }
      if (goReplay == null) {
        out.println(
            "GoReplay: not available; build it (go install github.com/buger/goreplay@v1.3.2, needs"
                + " libpcap-dev) and name it in GOREPLAY");
      }
    }
  }

  private void paced(GoReplay goReplay, int perSecond) throws Exception {
    GoReplay.Heard heard = goReplay.replay(REQUEST, perSecond, size.pacedSeconds());
    out.printf(
        Locale.ROOT,
        "GoReplay at %d/s: achieved %.1f/s, last request %.1f ms late, %d of %d heard%n",
        perSecond,
        heard.perSecond(),
        heard.lateMillis(),
        heard.requests(),
        perSecond * size.pacedSeconds());
  }

  private void maximum() throws Exception {
    ReplayPlan plan = plan(CONNECTIONS, size.requestsPerConnection(), 0, Pace.MAX);
    double[] replayed = new double[size.runs()];
    double[] wrk = new double[size.runs()];
    for (int run = 0; run < size.runs(); run++) {
      wrk[run] = wrk();
      ReplayReport report = replay(plan);
      replayed[run] = Objects.requireNonNull(report.pace().achievedRate(), "achievedRate");
    }
    double ours = median(replayed);
    double theirs = median(wrk);
    out.printf(
        Locale.ROOT,
        "replay at max: %.0f/s, wrk: %.0f/s, ratio %.2f (%d connections, medians of %d runs)%n",
        ours,
        theirs,
        ours / theirs,
        CONNECTIONS,
        size.runs());
  }

  private void paced(int perSecond) throws Exception {
    int connections = 50;
    ReplayPlan plan =
        plan(
            connections,
            perSecond * size.pacedSeconds() / connections,
            TimeUnit.SECONDS.toNanos(1) / perSecond,
            Pace.ORIGINAL);
    ReplayReport report = replay(plan);
    out.printf(
        Locale.ROOT,
        "original pace at %d/s: achieved %.1f/s, lateness p50 %.1f us, p99 %.1f us, max %.1f us,"
            + " last request %.1f us late, %d of %d equal%n",
        perSecond,
        report.pace().achievedRate(),
        report.pace().lateness().p50(),
        report.pace().lateness().p99(),
        report.pace().lateness().max(),
        report.pace().driftMicros(),
        report.equal(),
        report.recorded());
  }

  private ReplayReport replay(ReplayPlan plan) throws Exception {
    ReplayOptions options =
        ReplayOptions.newBuilder(new Target(false, "127.0.0.1", nginx.port()))
            .concurrency(CONNECTIONS)
            .build();
    ReplayReport report = new Replayer(plan, options, nginx.address()).run(progress -> {});
    if (report.equal() != report.recorded()) {
      throw new IllegalStateException(
          "recorded=" + report.recorded() + " equal=" + report.equal() + " " + report.failed());
    }
    return report;
  }

  private double wrk() throws IOException, InterruptedException {
    Process wrk =
        new ProcessBuilder(
                "wrk",
                "-t1",
                "-c" + CONNECTIONS,
                "-d" + size.wrkSeconds() + "s",
                "-H",
                "Accept: */*",
                "http://127.0.0.1:" + nginx.port() + "/api/orders/17")
            .redirectErrorStream(true)
            .start();
    String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Matcher rate = WRK_RATE.matcher(output);
    if (wrk.waitFor() != 0 || !rate.find()) {
      throw new IOException("wrk failed: " + output);
    }
    return Double.parseDouble(rate.group(1));
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** Asks nginx once: that is what was "recorded". */
  private HttpResponse answer() throws IOException {
    AnswerReader reader = new AnswerReader(AnalyzerOptions.DEFAULT_MAX_HEAD_BYTES);
    reader.expect("GET");
    try (Socket socket = new Socket()) {
      socket.connect(nginx.address());
      socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
      HttpResponse answer = reader.poll();
      byte[] buffer = new byte[8192];
      while (answer == null) {
        int count = socket.getInputStream().read(buffer);
        if (count < 0) {
          throw new IOException("nginx closed the connection");
        }
        reader.feed(Bytes.copyOf(Arrays.copyOf(buffer, count)), 0);
        answer = reader.poll();
      }
      return answer;
    }
  }

  private ReplayPlan plan(int connections, int perConnection, long stepNanos, Pace pace)
      throws SelectionException {
    List<Session> sessions = new ArrayList<>();
    HttpRequest request = request();
    for (int c = 0; c < connections; c++) {
      ConnectionInfo connection = connection(c);
      List<Exchange> exchanges = new ArrayList<>(perConnection);
      for (int i = 0; i < perConnection; i++) {
        long started = ((long) i * connections + c) * stepNanos;
        exchanges.add(
            Exchange.newBuilder(c + 1, i, connection)
                .request(request)
                .response(baseline)
                .times(started, started, started)
                .build());
      }
      sessions.add(Session.newBuilder(c + 1, connection).exchanges(exchanges).build());
    }
    RecordedCapture capture = RecordedCapture.inMemory("bench", 0, "", 0, sessions);
    return ReplayPlan.of(
        Selection.of(List.of(capture), SelectionOptions.defaults()),
        PlanOptions.newBuilder().pace(pace).build());
  }

  private static HttpRequest request() {
    Bytes head = Bytes.latin1(REQUEST);
    int name = REQUEST.indexOf("Host");
    int value = REQUEST.indexOf("recorded.example");
    int[] spans = {name, name + "Host".length(), value, value + "recorded.example".length()};
    return new HttpRequest(
        "GET",
        "/api/orders/17",
        "HTTP/1.1",
        "recorded.example",
        head,
        HeaderFields.ofSpans(head, spans),
        HeaderFields.NONE,
        Body.NONE,
        new MessageSpan(0, head.length(), 0, 0),
        Completeness.COMPLETE,
        List.of());
  }

  private static ConnectionInfo connection(int number) {
    return ConnectionInfo.newBuilder(Role.SERVER)
        .process(new ProcessInfo(1, "nginx", "/usr/sbin/nginx"))
        .client(new Endpoint("192.0.2.1", 20000 + number))
        .server(new Endpoint("192.0.2.2", 80))
        .link(new Link(Link.Method.SOCKET, Link.Confidence.PROVEN, "synthetic"))
        .build();
  }
}
