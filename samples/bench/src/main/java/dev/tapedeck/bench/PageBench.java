// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The page of {@code bin/analyzer serve} on an indexed capture of 1 GB, 1.3 million exchanges:
 * seconds from the start of the process to the first rows in a browser that runs already, beside an
 * empty Java program's run; then what filters and orders take.
 */
public final class PageBench {
  private static final int RUNS = 9;
  private static final int SHORT_RUNS = 5;
  private static final int MESSAGES = 2_640_000;
  private static final int SHORT_MESSAGES = 100_000;

  /** Keeps a promise when rows are on the screen; says when that was. */
  private static final String FIRST_ROWS =
      """
      location.protocol !== 'http:' ? null : new Promise((seen) => {
        const look = () => {
          if (document.querySelector('.item .method')) requestAnimationFrame(() => seen(Date.now()));
          else setTimeout(look, 1);
        };
        look();
      })""";

  private static final List<String> FILTERS =
      List.of(
          "status >= 500",
          "method == GET and status == 200 and duration > 1us",
          "path ~ \"^/api/v1/orders/1\"",
          "response.body_bytes > 2000 or request.wire_body_bytes > 0",
          "query[\"page\"] == 2 and host == shop.example",
          "response.body contains zzzz");

  private final Path file;
  private final PrintStream out;
  private final HttpClient client = HttpClient.newHttpClient();

  private PageBench(Path file, PrintStream out) {
    this.file = file;
    this.out = out;
  }

  /** Runs the benchmark; {@code --short} for seconds. */
  public static void main(String[] arguments) throws IOException {
    boolean isShort = BenchTable.isShort(arguments);
    Path folder = Files.createTempDirectory("tapedeck-bench");
    try {
      Path file = folder.resolve("bench.tape");
      int messages = isShort ? SHORT_MESSAGES : MESSAGES;
      CaptureTraffic.write(file, CaptureTraffic.Shape.PAGES, messages);
      new PageBench(file, System.out).run(folder, messages / 2, isShort ? SHORT_RUNS : RUNS);
    } finally {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path each : files.toList()) {
          Files.deleteIfExists(each);
        }
      }
      Files.delete(folder);
    }
  }

  /** A server that runs. */
  private record Serving(Process process, String url) {
    double cpuSeconds() {
      return process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3;
    }

    void stop() throws InterruptedIOException {
      process.destroy();
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted");
      }
    }
  }

  private Serving serve() throws IOException {
    Process process =
        new ProcessBuilder("bin/analyzer", "serve", "--quiet", file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String url = lines.readLine();
    if (url == null) {
      throw new IOException("bin/analyzer serve does not start");
    }
    return new Serving(process, url);
  }

  private void run(Path folder, int exchanges, int runs) throws IOException {
    out.printf(
        Locale.ROOT,
        "%.2f GB, %d exchanges; the index is made in %.1f s, %.0f MB%n",
        Files.size(file) / 1e9,
        exchanges,
        index(),
        Files.size(Path.of(file + ".idx")) / 1e6);
    String what = String.format(Locale.ROOT, "of %,d exchanges", exchanges);
    if (!BenchChromium.isThere()) {
      throw new IOException("no Chromium: apt-get install --no-install-recommends chromium");
    }
    double[] empty = new double[runs];
    double[] printed = new double[runs];
    double[] seen = new double[runs];
    double[] cpu = new double[runs];
    try (BenchChromium browser = BenchChromium.start(folder)) {
      for (int run = -1; run < runs; run++) {
        double emptySeconds = emptyProgram();
        long startedNanos = System.nanoTime();
        long startedMillis = System.currentTimeMillis();
        Serving serving = serve();
        double printedSeconds = (System.nanoTime() - startedNanos) / 1e9;
        double seenSeconds = (browser.open(serving.url(), FIRST_ROWS) - startedMillis) / 1e3;
        double cpuSeconds = serving.cpuSeconds();
        serving.stop();
        if (run >= 0) {
          cpu[run] = cpuSeconds;
          empty[run] = emptySeconds;
          printed[run] = printedSeconds;
          seen[run] = seenSeconds;
        }
      }
    }
    double java = BenchTable.median(empty);
    ratio("page, first rows " + what + " / empty Java program", BenchTable.median(seen), java);
    ratio("page, address printed / empty Java program", BenchTable.median(printed), java);
    BenchTable.value(
        out, "page, CPU of the server until then", seconds(BenchTable.median(cpu)), "");
    BenchTable.value(
        out,
        "page, first rows " + what + ", slowest of " + runs,
        seconds(Arrays.stream(seen).max().orElse(0)),
        "1 s");
    filters(what);
  }

  private double index() throws IOException {
    long started = System.nanoTime();
    Serving serving = serve();
    while (!get(serving.url() + "api/status").contains("\"complete\":true")) {
      BenchChromium.pause();
    }
    serving.stop();
    return (System.nanoTime() - started) / 1e9;
  }

  private void filters(String what) throws IOException {
    Serving serving = serve();
    List<String> questions = new ArrayList<>();
    for (String filter : FILTERS) {
      questions.add("filter=" + URLEncoder.encode(filter, StandardCharsets.UTF_8));
    }
    questions.add("sort=-duration");
    questions.add("sort=target");
    for (String question : questions) {
      long started = System.nanoTime();
      String answer = "";
      while (!answer.contains("\"done\":true")) {
        answer = get(serving.url() + "api/view?" + question);
      }
      BenchTable.value(
          out,
          "page, " + URLDecoder.decode(question, StandardCharsets.UTF_8) + " " + what,
          seconds((System.nanoTime() - started) / 1e9),
          "");
    }
    serving.stop();
  }

  private String get(String url) throws IOException {
    try {
      return client
          .send(
              HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private void ratio(String what, double measured, double yardstick) {
    BenchTable.ratio(out, what, seconds(measured), seconds(yardstick), measured / yardstick);
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.3f s", seconds);
  }

  /** Starts a Java program that does nothing, as {@code bin/analyzer} starts its own. */
  private static double emptyProgram() throws IOException {
    long started = System.nanoTime();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Empty.class.getName())
            .inheritIO()
            .start();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    return (System.nanoTime() - started) / 1e9;
  }

  /** Does nothing. */
  static final class Empty {
    private Empty() {}

    public static void main(String[] arguments) {}
  }
}
