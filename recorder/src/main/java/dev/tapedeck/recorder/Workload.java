// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.recorder.bpf.BpfException;
import dev.tapedeck.recorder.bpf.ProcessSignals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A command that is recorded from its first instruction.
 *
 * <p><b>Lifecycle:</b> {@link #start} makes a process that has stopped itself before the command;
 * {@link #resume} lets it go on; {@link #close} ends it if it still runs.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
public final class Workload implements AutoCloseable {
  /** The shell stops itself, and becomes the command under the same pid when it is let go. */
  private static final String STOPPED_SHELL = "kill -STOP $$; exec \"$@\"";

  /** The launcher tightens the mask for captures, and says here what it was. */
  private static final String USERS_MASK = "tapedeck.umask";

  private static final Pattern MASK = Pattern.compile("[0-7]{1,4}");

  /** As many as the kernel follows ({@code fs/exec.c}). */
  private static final int MAX_INTERPRETERS = 5;

  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration END_TIMEOUT = Duration.ofSeconds(5);

  private final Process process;

  private Workload(Process process) {
    this.process = process;
  }

  /**
   * Returns the file that a command name leads to, as execvp(3) finds it; empty when there is none.
   *
   * @param name with a slash: a path; without: looked for in the folders of {@code searchPath}
   */
  public static Optional<Path> find(String name, String searchPath) {
    if (name.indexOf('/') >= 0) {
      return Optional.of(Path.of(name)).filter(Workload::isProgram);
    }
    for (String folder : searchPath.split(":", -1)) {
      Path candidate = Path.of(folder.isEmpty() ? "." : folder, name);
      if (isProgram(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /**
   * Returns the program that the kernel loads for a file: the file, or the interpreter that its
   * first line names (execve(2)); {@code env} is followed, because it is found everywhere.
   *
   * @throws IOException when the file cannot be read
   */
  public static Path program(Path file, String searchPath) throws IOException {
    Path program = file;
    for (int depth = 0; depth < MAX_INTERPRETERS; depth++) {
      String line = firstLine(program);
      if (!line.startsWith("#!")) {
        break;
      }
      String[] words = line.substring(2).trim().split("[ \t]+", 3);
      boolean env = words[0].endsWith("/env") && words.length > 1;
      Optional<Path> interpreter = find(env ? words[1] : words[0], searchPath);
      if (interpreter.isEmpty()) {
        break;
      }
      program = interpreter.get();
    }
    return program.toRealPath();
  }

  /** binfmt_script looks at no more than this (BINPRM_BUF_SIZE of linux/binfmts.h). */
  private static String firstLine(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      String text = new String(in.readNBytes(256), StandardCharsets.ISO_8859_1);
      int end = text.indexOf('\n');
      return end < 0 ? text : text.substring(0, end);
    }
  }

  private static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }

  /**
   * Starts a command that waits before its first instruction. It has this process's standard input,
   * output and error.
   *
   * @param command program and arguments
   * @throws IOException when it cannot be started
   */
  public static Workload start(List<String> command) throws IOException {
    String mask = System.getProperty(USERS_MASK, "");
    String script =
        MASK.matcher(mask).matches() ? "umask " + mask + "; " + STOPPED_SHELL : STOPPED_SHELL;
    List<String> shell = new ArrayList<>(List.of("/bin/sh", "-c", script, "sh"));
    shell.addAll(command);
    Workload workload = new Workload(new ProcessBuilder(shell).inheritIO().start());
    try {
      workload.awaitStopped();
      return workload;
    } catch (IOException e) {
      workload.close();
      throw e;
    }
  }

  private void awaitStopped() throws IOException {
    ProcFs proc = new ProcFs(Path.of("/proc"));
    try {
      for (long waited = 0; waited < STOP_TIMEOUT.toMillis(); waited++) {
        if (proc.state(pid()).equals("T")) {
          return;
        }
        if (process.waitFor(1, TimeUnit.MILLISECONDS)) {
          break;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new IOException("the shell that starts the command did not stop for us");
  }

  /** Returns the process, whose program changes when it is resumed. */
  public int pid() {
    return (int) process.pid();
  }

  /**
   * Lets the command run.
   *
   * @throws BpfException when the native libraries cannot be loaded
   */
  public void resume() throws BpfException {
    ProcessSignals.resume(pid());
  }

  /** Returns whether the command has ended. */
  public boolean hasEnded() {
    return !process.isAlive();
  }

  /** Returns the command's exit code as shells give it: 128 and the signal when it was killed. */
  public int exitCode() {
    return process.exitValue();
  }

  /** Ends the command if it still runs: SIGTERM, and SIGKILL when that does not help. */
  @Override
  public void close() {
    if (!process.isAlive()) {
      return;
    }
    process.destroy();
    try {
      // A stopped process sees SIGTERM only once it goes on.
      ProcessSignals.resume(pid());
      if (!process.waitFor(END_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (BpfException e) {
      process.destroyForcibly();
    }
  }
}
