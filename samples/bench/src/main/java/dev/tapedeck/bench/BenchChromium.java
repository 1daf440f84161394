// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Chromium without a window that runs already, as a person's does, and opens pages in tabs;
 * driven by its own debugging protocol.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class BenchChromium implements Closeable {
  private static final Path PROGRAM = Path.of("/usr/bin/chromium");
  private static final Pattern SOCKET =
      Pattern.compile("\"webSocketDebuggerUrl\":\\s*\"([^\"]+)\"");
  private static final long PATIENCE_SECONDS = 60;

  private final HttpClient client = HttpClient.newHttpClient();
  private final Process process;
  private final Path profile;
  private final int port;

  private BenchChromium(Process process, Path profile, int port) {
    this.process = process;
    this.profile = profile;
    this.port = port;
  }

  /** Returns whether there is one on this machine. */
  static boolean isThere() {
    return Files.isExecutable(PROGRAM);
  }

  /** Starts it; its profile is made in the folder and removed with it. */
  static BenchChromium start(Path folder) throws IOException {
    Path profile = Files.createDirectory(folder.resolve("chromium"));
    Process process =
        new ProcessBuilder(
                List.of(
                    PROGRAM.toString(),
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-dev-shm-usage",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--window-size=1280,800",
                    "--remote-debugging-port=0",
                    "--remote-allow-origins=*",
                    "--user-data-dir=" + profile,
                    "about:blank"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Path told = profile.resolve("DevToolsActivePort");
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.exists(told) || Files.readAllLines(told).isEmpty()) {
      if (!process.isAlive() || System.nanoTime() > until) {
        process.destroyForcibly();
        throw new IOException(PROGRAM + " does not start");
      }
      pause();
    }
    return new BenchChromium(
        process, profile, Integer.parseInt(Files.readAllLines(told).get(0).strip()));
  }

  static void pause() throws InterruptedIOException {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /**
   * Opens an address in a new tab and waits until a script's promise is kept.
   *
   * @return what the script says, a number
   */
  double open(String url, String script) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/new?" + url))
            .method("PUT", HttpRequest.BodyPublishers.noBody())
            .build();
    try {
      String tab = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
      Matcher socket = SOCKET.matcher(tab);
      if (!socket.find()) {
        throw new IOException("Chromium opens no tab");
      }
      return evaluate(URI.create(socket.group(1)), script);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private double evaluate(URI tab, String script) throws IOException, InterruptedException {
    Answers answers = new Answers();
    WebSocket socket = client.newWebSocketBuilder().buildAsync(tab, answers).join();
    String escaped = script.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    try {
      // Until the tab has gone to its address, scripts run in the empty page before.
      while (true) {
        CompletableFuture<String> answer = answers.next();
        socket
            .sendText(
                "{\"id\":1,\"method\":\"Runtime.evaluate\",\"params\":{\"awaitPromise\":true,"
                    + "\"returnByValue\":true,\"expression\":\""
                    + escaped
                    + "\"}}",
                true)
            .join();
        Matcher value =
            Pattern.compile("\"value\":([0-9.]+)")
                .matcher(answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        if (value.find()) {
          return Double.parseDouble(value.group(1));
        }
        pause();
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the page shows nothing", e);
    } finally {
      socket.abort();
    }
  }

  /** Puts the parts of messages together. */
  private static final class Answers implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();
    private volatile CompletableFuture<String> next = new CompletableFuture<>();

    CompletableFuture<String> next() {
      next = new CompletableFuture<>();
      return next;
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean isLast) {
      text.append(part);
      if (isLast) {
        next.complete(text.toString());
        text.setLength(0);
      }
      socket.request(1);
      return CompletableFuture.completedFuture(null);
    }
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> files = Files.walk(profile)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
