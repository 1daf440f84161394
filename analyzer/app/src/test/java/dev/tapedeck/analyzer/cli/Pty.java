// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A program on a terminal of 100 columns, and a person who types.
 *
 * <p><b>Threads:</b> confined to one; reads what is shown on one of its own.
 */
final class Pty implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(50);

  private final Process process;

  @SuppressWarnings("JdkObsolete") // Two threads use it.
  private final StringBuffer seen = new StringBuffer();

  /** How much of it was waited for already. */
  private int read;

  private Pty(Process process) {
    this.process = process;
    Thread reader = new Thread(this::read, "pty-reader");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts a program whose home and temporary folder are those. */
  static Pty start(Path home, Path temporary, List<String> command) throws IOException {
    String quoted =
        command.stream()
            .map(word -> "'" + word.replace("'", "'\\''") + "'")
            .collect(Collectors.joining(" "));
    ProcessBuilder builder =
        new ProcessBuilder("script", "-qefc", "stty cols 100 rows 40; exec " + quoted, "/dev/null");
    builder.environment().put("TERM", "xterm");
    builder.environment().put("HOME", home.toString());
    builder.environment().put("TMPDIR", temporary.toString());
    return new Pty(builder.redirectErrorStream(true).directory(home.toFile()).start());
  }

  private void read() {
    byte[] bytes = new byte[8192];
    try (InputStream shown = process.getInputStream()) {
      for (int count = shown.read(bytes); count >= 0; count = shown.read(bytes)) {
        seen.append(new String(bytes, 0, count, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void type(String text) throws IOException {
    process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /** Waits until a text is shown behind what was waited for before; returns what is before it. */
  String await(String text) {
    try {
      Awaitility.await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> seen.indexOf(text, read) >= 0);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(text + " is not shown, but " + seen.substring(read), e);
    }
    int at = seen.indexOf(text, read);
    String before = seen.substring(read, at);
    read = at + text.length();
    return before;
  }

  /** Types something again and again until a text is shown. */
  void typeUntil(String text, String wanted) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(300))
        .until(
            () -> {
              type(text);
              return seen.indexOf(wanted, read) >= 0;
            });
    await(wanted);
  }

  /** Types something again and again until the program ends. */
  void typeUntilEnd(String text) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(300))
        .until(
            () -> {
              try {
                type(text);
              } catch (IOException e) {
                // Nobody reads any more.
                return true;
              }
              return !process.isAlive();
            });
  }

  /** Returns all that was shown so far. */
  String seen() {
    return seen.toString();
  }

  /** Waits for the end; returns the exit code. */
  int awaitEnd() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("it does not end, and shows " + seen.substring(read));
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
