// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.launch;

import dev.tapedeck.replayer.engine.NanoClock;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process that was started to be tested, with all its descendants.
 *
 * <p><b>Lifecycle:</b> {@link #start}, {@link #awaitListening}, {@link #close}.
 *
 * <p><b>Threads:</b> {@link #stopWaiting} may be called from any.
 */
public final class TargetProcess implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration POLITENESS = Duration.ofSeconds(5);
  private static final int CONNECT_MILLIS = 1000;
  private static final int BUFFER_BYTES = 1 << 13;

  private final Process process;
  private final String name;
  private final Thread output;
  private volatile boolean givenUp;

  private TargetProcess(Process process, String name, OutputStream log) {
    this.process = process;
    this.name = name;
    this.output = new Thread(() -> copy(process.getInputStream(), log), "replayer-target-output");
    output.setDaemon(true);
  }

  /**
   * Starts a command.
   *
   * @param environment variables that are set besides those of this process
   * @param log takes what it writes to its standard output and standard error
   * @throws IOException when it cannot be started
   */
  public static TargetProcess start(
      List<String> command, Map<String, String> environment, OutputStream log) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    TargetProcess started = new TargetProcess(builder.start(), command.get(0), log);
    started.output.start();
    return started;
  }

  /** Returns whether something accepts connections at the address. */
  public static boolean isListening(InetSocketAddress address) {
    try (Socket socket = new Socket()) {
      socket.connect(address, CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false; // nobody accepts it, whatever the reason
    }
  }

  /**
   * Waits until it accepts connections.
   *
   * @throws IOException when it ends before, or does not in time
   */
  public void awaitListening(InetSocketAddress address, Duration patience, NanoClock clock)
      throws IOException, InterruptedException {
    long until = clock.nanoTime() + patience.toNanos();
    while (!isListening(address)) {
      String where = address.getHostString() + ":" + address.getPort();
      if (process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException(
            "'"
                + name
                + "' ended with exit code "
                + process.exitValue()
                + " before it accepted connections on "
                + where
                + ": see what it wrote");
      } else if (givenUp) {
        throw new IOException("interrupted while '" + name + "' was starting");
      } else if (clock.nanoTime() - until > 0) {
        throw new IOException(
            "'"
                + name
                + "' did not accept connections on "
                + where
                + " within "
                + patience.toSeconds()
                + " s: does it listen there? --start-timeout waits longer");
      }
    }
  }

  /** Lets {@link #awaitListening} end with an exception. */
  public void stopWaiting() {
    givenUp = true;
  }

  /** Returns whether it runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Ends it and all that it started: SIGTERM, and SIGKILL for what runs five seconds later. */
  @Override
  public void close() {
    List<ProcessHandle> tree = tree();
    tree.forEach(ProcessHandle::destroy);
    await(tree);
    for (ProcessHandle one : tree()) {
      if (!tree.contains(one)) {
        tree.add(one);
      }
    }
    tree.stream().filter(ProcessHandle::isAlive).forEach(ProcessHandle::destroyForcibly);
    await(tree);
    try {
      output.join(POLITENESS.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<ProcessHandle> tree() {
    List<ProcessHandle> tree = new ArrayList<>(process.descendants().toList());
    tree.add(process.toHandle());
    return tree;
  }

  private static void await(List<ProcessHandle> tree) {
    CompletableFuture<?>[] ends =
        tree.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(ends).get(POLITENESS.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      return; // the caller is less polite with what still runs
    } catch (ExecutionException e) {
      throw new IllegalStateException("processes=" + tree.size(), e);
    }
  }

  private static void copy(InputStream in, OutputStream log) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (in) {
      int count = in.read(buffer);
      while (count >= 0) {
        log.write(buffer, 0, count);
        log.flush();
        count = in.read(buffer);
      }
    } catch (IOException e) {
      // The pipe of a process that is gone, or a log that takes no more: neither is its fault.
      System.getLogger("dev.tapedeck.replayer.launch")
          .log(System.Logger.Level.DEBUG, "output=ended", e);
    }
  }
}
