// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.terminal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * Lets a person leaf through long results, as git does: what is written to {@link #out} goes
 * through the program that {@code TAPEDECK_PAGER} or {@code PAGER} names, else through less(1),
 * which shows what fits the window as if it were not there.
 *
 * <p>While it runs the window is its own: what is written to {@link #err} comes behind it. Who
 * leaves it has seen enough: the next byte is refused with a {@link ClosedOutputException}. SIGINT
 * is the pager's, as people press Ctrl-C in it to stop a search; the process ends when the pager
 * does, with exit code 0. Other signals end both.
 *
 * <p><b>Lifecycle:</b> {@link #page} before the first byte, or never; {@link #finish} at last.
 * <b>Threads:</b> confined to one, but for {@link #isRunning} and {@link #err}. <b>Limits:</b> of
 * messages that wait {@value #MAX_HELD_BYTES} bytes are kept.
 */
public final class Pager {
  private static final int MAX_HELD_BYTES = 1 << 20;

  /** Characters that mean something to a shell: without any, the first word is a program. */
  private static final String SHELL = "|&;<>()$`\\\"'*?[#~=%{\n";

  private final OutputStream direct;
  private final OutputStream messages;
  private final @Nullable String command;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private boolean wanted;
  private @Nullable OutputStream target;
  private volatile @Nullable Process process;
  private volatile boolean leftToPager;

  /**
   * Makes a pager that is not started before something is to be read in it.
   *
   * @param direct the terminal, or what results go to without a pager
   * @param messages where messages go
   * @param environment this process's
   */
  public Pager(OutputStream direct, OutputStream messages, Map<String, String> environment) {
    this.direct = direct;
    this.messages = messages;
    this.command = command(environment);
  }

  /** Returns the shell's command; null for none. */
  private static @Nullable String command(Map<String, String> environment) {
    String own = environment.get("TAPEDECK_PAGER");
    String chosen = own == null ? environment.get("PAGER") : own;
    String command = chosen == null ? "less" : chosen.strip();
    boolean plain = command.chars().noneMatch(c -> SHELL.indexOf(c) >= 0);
    boolean none = command.isEmpty() || command.equals("cat");
    boolean dumb = "dumb".equals(environment.getOrDefault("TERM", "dumb"));
    return none
            || dumb
            || (plain && !isProgram(command.split("\\s", 2)[0], environment.get("PATH")))
        ? null
        : command;
  }

  private static boolean isProgram(String name, @Nullable String path) {
    if (name.contains("/")) {
      return Files.isExecutable(Path.of(name));
    }
    for (String folder : (path == null ? "" : path).split(":", -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, name))) {
        return true;
      }
    }
    return false;
  }

  /** Has what is written from now on go through the pager, if there is one. */
  public void page() {
    wanted = command != null;
  }

  /** Returns whether the window is the pager's. */
  public boolean isRunning() {
    return process != null;
  }

  /** Returns where results go. */
  public OutputStream out() {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        target().write(bytes, offset, length);
      }

      @Override
      public void flush() throws IOException {
        OutputStream begun = target;
        if (begun != null) {
          begun.flush();
        }
      }
    };
  }

  /** Returns where messages go: to the terminal, or behind what is paged. */
  public PrintStream err() {
    OutputStream waiting =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            if (!isRunning()) {
              messages.write(bytes, offset, length);
            } else if (held.size() + length <= MAX_HELD_BYTES) {
              held.write(bytes, offset, length);
            }
          }

          @Override
          public void flush() throws IOException {
            messages.flush();
          }
        };
    return new PrintStream(waiting, true, StandardCharsets.UTF_8);
  }

  private OutputStream target() throws IOException {
    OutputStream begun = target;
    if (begun == null) {
      begun = wanted && command != null ? start(command) : direct;
      target = begun;
    }
    return begun;
  }

  private OutputStream start(String shellCommand) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", "-c", shellCommand)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    // No pager for what fits, colours, and what was shown stays when it ends.
    builder.environment().putIfAbsent("LESS", "FRX");
    builder.environment().putIfAbsent("LV", "-c");
    // What is searched for in captures may be secret, and less keeps it in the home folder.
    builder.environment().putIfAbsent("LESSHISTFILE", "-");
    Process started;
    try {
      started = builder.start();
    } catch (IOException e) {
      // No shell, as on other systems: results are shown as they would be without a pager.
      return direct;
    }
    process = started;
    Signals.register("INT", this::leaveToPager);
    Runtime.getRuntime().addShutdownHook(new Thread(this::outlive, "analyzer-pager"));
    return new StandardOutput(started.getOutputStream(), true);
  }

  /** The person goes on reading what came so far, and no more is made. */
  private void leaveToPager() {
    leftToPager = true;
    Runtime.getRuntime().exit(0);
  }

  /** A signal ends this process: with the pager, which has the terminal. */
  private void outlive() {
    Process running = process;
    if (running == null) {
      return;
    }
    if (!leftToPager) {
      running.descendants().forEach(ProcessHandle::destroy);
      running.destroy();
    }
    try {
      running.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until the person has left the pager, and shows the messages that wait. */
  public void finish() throws IOException {
    Process running = process;
    if (running == null) {
      return;
    }
    try {
      closeInput(running);
      running.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("pager: interrupted");
      interrupted.initCause(e);
      throw interrupted;
    } finally {
      process = null;
    }
    held.writeTo(messages);
    messages.flush();
    held.reset();
  }

  private static void closeInput(Process running) throws IOException {
    try {
      running.getOutputStream().close();
    } catch (IOException e) {
      if (running.isAlive() && !String.valueOf(e.getMessage()).contains("Broken pipe")) {
        throw e;
      }
      // It was left before it had read everything.
    }
  }
}
