// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Runs the recorder's command line inside this JVM, on a thread of its own. */
public final class RecorderRun implements AutoCloseable {
  private final StopSignal stop = StopSignal.manual();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Thread thread;
  private volatile int exitCode = -1;

  private RecorderRun(boolean stopped, String... arguments) {
    if (stopped) {
      stop.request();
    }
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false);
    thread = new Thread(() -> exitCode = Main.run(terminal, stop, arguments), "recorder-run");
    thread.start();
  }

  /** What a run has come to. */
  public record Result(int exitCode, String output, String errors) {
    /** Returns the last line of the errors. */
    public String lastErrorLine() {
      List<String> lines = errors.lines().toList();
      return lines.get(lines.size() - 1);
    }
  }

  /** Runs a command to its end. */
  public static Result run(String... arguments) {
    try (RecorderRun run = new RecorderRun(false, arguments)) {
      return run.result();
    }
  }

  /** Runs a command that a signal asks to end before it has attached. */
  public static Result runStopped(String... arguments) {
    try (RecorderRun run = new RecorderRun(true, arguments)) {
      return run.result();
    }
  }

  /** Starts a recording and returns when everything is attached. */
  public static RecorderRun start(String... arguments) {
    RecorderRun run = new RecorderRun(false, arguments);
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(10))
        .until(
            () ->
                !run.thread.isAlive()
                    || run.errors().lines().anyMatch(l -> l.startsWith("recording")));
    assertThat(run.thread.isAlive()).as(run.errors()).isTrue();
    return run;
  }

  /** Ends the recording as a signal does. */
  public Result stop() {
    stop.request();
    return result();
  }

  /** Waits for the end. */
  public Result result() {
    try {
      thread.join(Duration.ofSeconds(200).toMillis());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    assertThat(thread.isAlive()).as("recorder still runs: " + errors()).isFalse();
    return new Result(exitCode, out.toString(StandardCharsets.UTF_8), errors());
  }

  private String errors() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    stop.request();
    result();
  }
}
