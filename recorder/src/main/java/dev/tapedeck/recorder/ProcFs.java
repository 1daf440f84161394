// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code /proc} (proc(5)).
 *
 * <p>Processes come and go: whatever belongs to one that has gone is empty, never an error.
 *
 * <p><b>Threads:</b> safe for use by many.
 *
 * <p><b>Limits:</b> {@value #MAX_FILE_BYTES} bytes of a file are read.
 */
final class ProcFs {
  static final int MAX_FILE_BYTES = 16 << 20;

  /** What a capture keeps of the arguments of one process. */
  static final int MAX_ARGUMENTS_BYTES = 64 << 10;

  /** Index of the start time among the fields after the command name (proc(5), field 22). */
  private static final int START_FIELD = 19;

  private static final int PARENT_FIELD = 1;
  private static final String DELETED = " (deleted)";

  private final Path root;

  /**
   * A reader of a mounted {@code /proc}.
   *
   * @param root {@code /proc}, or a folder like it
   */
  ProcFs(Path root) {
    this.root = root;
  }

  /** Returns the folder that is read. */
  Path root() {
    return root;
  }

  /** Returns the folder of a process. */
  Path of(int pid) {
    return root.resolve(Integer.toString(pid));
  }

  /**
   * Returns the processes there are now, in no order.
   *
   * @throws IOException when the folder cannot be read
   */
  List<Integer> pids() throws IOException {
    List<Integer> pids = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root, "[0-9]*")) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (name.chars().allMatch(c -> c >= '0' && c <= '9')) {
          pids.add(Integer.parseInt(name));
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return pids;
  }

  /** Returns how long the CPUs were idle since the host started, all together, in seconds. */
  double idleCpuSeconds() {
    // proc(5): "351735.47 234388.90", the second of them
    String[] fields = text(root.resolve("uptime")).strip().split(" ", -1);
    return fields.length < 2 ? 0 : Double.parseDouble(fields[1]);
  }

  /** Returns how many CPUs the host has now, 1 at least. */
  int onlineCpus() {
    // proc_stat(5): "cpu  10132153 ..." of all, then "cpu0 1393280 ..." of each
    long cpus = text(root.resolve("stat")).lines().filter(line -> line.matches("cpu\\d.*")).count();
    return (int) Math.max(1, cpus);
  }

  /** Returns the facts of a process; empty when there is none. */
  Optional<ProcessFacts> facts(int pid) {
    String stat = text(of(pid).resolve("stat"));
    // The name may hold blanks and brackets: the last bracket ends it.
    int open = stat.indexOf('(');
    int close = stat.lastIndexOf(')');
    if (open < 0 || close < open) {
      return Optional.empty();
    }
    String[] fields = stat.substring(close + 1).trim().split(" ", -1);
    if (fields.length <= START_FIELD) {
      return Optional.empty();
    }
    return Optional.of(
        new ProcessFacts(
            pid,
            Integer.parseInt(fields[PARENT_FIELD]),
            Long.parseLong(fields[START_FIELD]),
            stat.substring(open + 1, close),
            exe(pid),
            cgroup(pid)));
  }

  /**
   * Returns the arguments that a process was started with, or that it says it was; empty when it
   * has gone. No more than {@value #MAX_ARGUMENTS_BYTES} bytes of them are told: the last one may
   * be cut.
   */
  List<String> arguments(int pid) {
    String all = text(of(pid).resolve("cmdline"), MAX_ARGUMENTS_BYTES);
    String ended = all.endsWith("\0") ? all.substring(0, all.length() - 1) : all;
    return ended.isEmpty() ? List.of() : List.of(ended.split("\0", -1));
  }

  /** Returns the one-letter state of a process, such as {@code T} for stopped; empty when gone. */
  String state(int pid) {
    String stat = text(of(pid).resolve("stat"));
    int close = stat.lastIndexOf(')');
    return close < 0 || stat.length() < close + 3 ? "" : stat.substring(close + 2, close + 3);
  }

  private String exe(int pid) {
    try {
      String target = Files.readSymbolicLink(of(pid).resolve("exe")).toString();
      return target.endsWith(DELETED)
          ? target.substring(0, target.length() - DELETED.length())
          : target;
    } catch (IOException e) {
      // Kernel threads have none, and processes of others need a privilege.
      return "";
    }
  }

  private String cgroup(int pid) {
    String best = "";
    for (String line : text(of(pid).resolve("cgroup")).split("\n", -1)) {
      // cgroups(7): hierarchy-ID:controllers:path; the unified hierarchy is number 0.
      String[] parts = line.split(":", 3);
      if (parts.length == 3 && (best.isEmpty() || parts[0].equals("0"))) {
        best = parts[2];
      }
    }
    return best;
  }

  /**
   * Returns the files mapped as code, each once, in address order; empty when it cannot be read.
   */
  List<FileMapping> codeMappings(int pid) {
    Map<String, FileMapping> byFile = new LinkedHashMap<>();
    for (String line : text(of(pid).resolve("maps")).split("\n", -1)) {
      // range permissions offset device inode path; most lines are no code
      int permissions = line.indexOf(' ') + 1;
      if (line.length() < permissions + 4 || line.charAt(permissions + 2) != 'x') {
        continue;
      }
      String[] fields = line.split(" +", 6);
      if (fields.length < 6 || fields[4].equals("0")) {
        continue;
      }
      boolean deleted = fields[5].endsWith(DELETED);
      String path =
          unescape(
              deleted ? fields[5].substring(0, fields[5].length() - DELETED.length()) : fields[5]);
      byFile.putIfAbsent(
          fields[3] + ' ' + fields[4],
          new FileMapping(fields[0], fields[3], Long.parseLong(fields[4]), path, deleted));
    }
    return List.copyOf(byFile.values());
  }

  /** The kernel writes a line feed in a path as {@code \012} (fs/proc/task_mmu.c). */
  private static String unescape(String path) {
    return path.replace("\\012", "\n");
  }

  /** Returns a field of a process's {@code status}, such as {@code Seccomp}; empty when unknown. */
  String status(int pid, String field) {
    for (String line : text(of(pid).resolve("status")).split("\n", -1)) {
      if (line.startsWith(field + ":")) {
        return line.substring(field.length() + 1).trim();
      }
    }
    return "";
  }

  /** Returns whether a process has a seccomp filter (mode 2). */
  boolean hasSeccompFilter(int pid) {
    return status(pid, "Seccomp").equals("2");
  }

  /** Returns the processes whose parent is known, as child to parent. */
  Map<Integer, Integer> parents() throws IOException {
    Map<Integer, Integer> parents = new LinkedHashMap<>();
    for (int pid : pids()) {
      facts(pid).ifPresent(facts -> parents.put(pid, facts.parentPid()));
    }
    return parents;
  }

  /** Returns a small file's text; empty when it cannot be read. */
  String text(Path file) {
    return text(file, MAX_FILE_BYTES);
  }

  private static String text(Path file, int maxBytes) {
    try (var in = Files.newInputStream(file)) {
      return new String(in.readNBytes(maxBytes), StandardCharsets.UTF_8);
    } catch (IOException e) {
      // The process has gone, or may not be looked at: nothing is known of it.
      return "";
    }
  }
}
