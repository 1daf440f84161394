// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tapedeck.format.EventScript;
import dev.tapedeck.replayer.RawServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A report of captured and live content that tries everything to be run, in a real browser. */
final class HostileReportIT {
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final String CANARY = "canary=\"1\"";
  private static final long SECONDS = 60;

  @TempDir private Path folder;

  /** Skips the test where Chromium is not installed, except under CI. */
  @BeforeEach
  void needsChromium() {
    if (System.getenv("CI") == null) {
      Assumptions.assumeTrue(
          Files.isExecutable(CHROMIUM), "chromium is not installed: see .ci/install-tools");
    }
  }

  private static List<String> payloads(int port) {
    String run =
        "document.documentElement.setAttribute(&quot;canary&quot;,1);fetch(&quot;http://127.0.0.1:"
            + port
            + "/ran&quot;)";
    String script = run.replace("&quot;", "'");
    return List.of(
        "<script>" + script + "</script>",
        "<img src=x onerror=\"" + run + "\">",
        "<img src=\"http://127.0.0.1:" + port + "/loaded\">",
        "</td></tr></table></pre><svg onload=\"" + run + "\">",
        "\"><details open ontoggle=\"" + run + "\"><summary>x</summary></details>",
        "<iframe srcdoc=\"<script>parent." + script + "</script>\"></iframe>",
        "<base href=\"http://127.0.0.1:" + port + "/\"><link rel=stylesheet href=\"/style\">",
        "<style>@import url(http://127.0.0.1:" + port + "/import)</style>",
        "<meta http-equiv=refresh content=\"0;url=http://127.0.0.1:" + port + "/refresh\">",
        "--></style></title><script>" + script + "</script>");
  }

  @Test
  void html_hostileContent_isShownAndNeitherRunNorLoaded() throws Exception {
    try (RawServer heard =
        new RawServer(RawServer.always("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))) {
      String page = Files.readString(report(payloads(heard.port())));

      String dom = dom(page);

      assertThat(dom).contains("onerror", "&lt;script&gt;", "</html>").doesNotContain(CANARY);
      assertThat(dom).doesNotContainPattern("<(img|iframe|details|base|link|script|svg on)");
      assertThat(heard.received()).isEmpty();
      assertThat(page).as("self-contained").doesNotContainPattern("(src|href)\\s*=\\s*\"?http");
    }
  }

  /** The same content as a page of its own: this is what the other test would notice. */
  @Test
  void payloads_inAPageOfTheirOwn_areRunAndLoaded() throws Exception {
    try (RawServer heard =
        new RawServer(RawServer.always("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))) {
      String payloads = String.join("\n", payloads(heard.port()).subList(0, 3));

      String dom = dom("<!doctype html><html><body>" + payloads + "</body></html>");

      assertThat(dom).contains(CANARY);
      assertThat(String.join("", heard.received())).contains("GET /ran", "GET /loaded");
    }
  }

  private String dom(String page) throws IOException, InterruptedException {
    Path file = folder.resolve("page.html");
    Files.writeString(file, page);
    Path out = folder.resolve("dom");
    Process chromium =
        new ProcessBuilder(
                CHROMIUM.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--user-data-dir=" + folder.resolve("profile"),
                "--virtual-time-budget=3000",
                "--dump-dom",
                file.toUri().toString())
            .redirectOutput(out.toFile())
            .redirectError(folder.resolve("err").toFile())
            .start();
    try {
      assertThat(chromium.waitFor(SECONDS, TimeUnit.SECONDS)).as("chromium ended").isTrue();
    } finally {
      chromium.destroyForcibly();
      deleteProfile();
    }
    return Files.readString(out);
  }

  /** Processes that outlive their browser for a moment still write into it. */
  private void deleteProfile() {
    await("the profile deleted")
        .atMost(Duration.ofSeconds(SECONDS))
        .ignoreExceptionsInstanceOf(IOException.class)
        .ignoreExceptionsInstanceOf(UncheckedIOException.class)
        .until(
            () -> {
              Path profile = folder.resolve("profile");
              if (Files.exists(profile)) {
                try (Stream<Path> files = Files.walk(profile)) {
                  for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                  }
                }
              }
              return true;
            });
  }

  /** Recorded and live answers have them in heads, JSON, HTML and text. */
  private Path report(List<String> payloads) throws IOException {
    List<String> script = new ArrayList<>();
    script.add("c: @ plain server 192.0.2.2:80 <- 192.0.2.1:40001");
    for (int i = 0; i < payloads.size(); i++) {
      String payload = payloads.get(i);
      script.add(
          "c >> GET /"
              + payload.replace(' ', '/')
              + " HTTP/1.1\\r\\nHost: shop.example\\r\\nX-No: "
              + i
              + "\\r\\n\\r\\n");
      script.add("c << " + answer(i, payload, "was").replace("\r\n", "\\r\\n"));
    }
    Path capture = folder.resolve("hostile.tape");
    EventScript.parse(String.join("\n", script)).writeTo(capture);
    Path html = folder.resolve("report.html");
    try (RawServer server =
        new RawServer(
            conversation -> {
              String request = conversation.readRequest();
              while (request != null) {
                int number = Integer.parseInt(request.replaceAll("(?s).*X-No: (\\d+).*", "$1"));
                conversation.write(answer(number, payloads.get(number), "is"));
                request = conversation.readRequest();
              }
            })) {
      Ran ran =
          Ran.command(
              "run",
              capture.toString(),
              "--target",
              "http://127.0.0.1:" + server.port(),
              "--pace",
              "max",
              "--include-secrets",
              "--html",
              html.toString());
      assertThat(ran.code()).as(ran.out() + ran.err()).isEqualTo(ExitCode.DIFFERENT);
    }
    return html;
  }

  private static String answer(int number, String payload, String when) {
    String json = payload.replace("\"", "'");
    String body =
        switch (number % 3) {
          case 0 -> "{\"" + json + "\":\"" + when + json + "\"}";
          case 1 -> when + " " + payload;
          default -> "<html><body><p>" + when + "</p>" + payload + "</body></html>";
        };
    String type = List.of("application/json", "text/plain", "text/html").get(number % 3);
    return "HTTP/1.1 200 "
        + payload
        + "\r\nContent-Type: "
        + type
        + "\r\nX-Hostile: "
        + when
        + payload
        + "\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }
}
