// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code replayer mock} in a thread of this process. */
final class RunningMock implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final StopSignal stop = StopSignal.manual();
  private final CompletableFuture<Integer> code = new CompletableFuture<>();
  private final JsonNode started;

  /** Starts a mock of a capture; returns when it listens. */
  RunningMock(Path capture, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("mock", capture.toString()));
    arguments.addAll(List.of("--format", "json"));
    arguments.addAll(List.of(options));
    Terminal terminal =
        Terminal.of(out, new PrintStream(err, true, StandardCharsets.UTF_8), false, false);
    Thread thread =
        new Thread(
            () -> code.complete(Main.run(terminal, stop, arguments.toArray(new String[0]))),
            "mock-under-test");
    thread.setDaemon(true);
    thread.start();
    await().atMost(LONGEST_WAIT).until(() -> !lines().isEmpty() || code.isDone());
    assertThat(lines()).as(err()).isNotEmpty();
    started = JSON.readTree(lines().get(0));
  }

  private synchronized List<String> lines() {
    String text = out.toString(StandardCharsets.UTF_8);
    int end = text.lastIndexOf('\n');
    return end < 0 ? List.of() : List.of(text.substring(0, end).split("\n", -1));
  }

  /** What it printed when it listened. */
  JsonNode started() {
    return started;
  }

  int proxyPort() {
    return port(started.get("proxy").asString());
  }

  int originPort(String name) {
    for (JsonNode origin : started.get("origins")) {
      if (origin.get("name").asString().equals(name)) {
        return port(origin.get("url").asString());
      }
    }
    throw new AssertionError("no origin " + name + " in " + started);
  }

  private static int port(String url) {
    return Integer.parseInt(url.substring(url.lastIndexOf(':') + 1));
  }

  /** Interrupts it; returns its exit code. */
  int end() throws Exception {
    stop.send();
    return code.get(30, TimeUnit.SECONDS);
  }

  /** What it printed at its end. */
  JsonNode account() throws Exception {
    end();
    return JSON.readTree(lines().get(1));
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** Waits until it said that: a client may have ended before the mock sees why. */
  void awaitErr(String text) {
    await()
        .atMost(LONGEST_WAIT)
        .untilAsserted(() -> assertThat(err()).as("what it said").contains(text));
  }

  @Override
  public void close() throws ExecutionException, TimeoutException {
    stop.send();
    try {
      code.get(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
