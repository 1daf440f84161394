// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.ContainerIds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Finds cgroups (cgroups(7)) and the containers that run in them. Only the unified hierarchy,
 * cgroup v2, is looked at: the kernel side cannot tell the cgroups of a process in others.
 *
 * <p><b>Threads:</b> immutable.
 */
public final class Cgroups {
  private static final int MAX_DEPTH = 16;

  private final ProcFs proc;

  Cgroups(ProcFs proc) {
    this.proc = proc;
  }

  /** Returns this host's. */
  public static Cgroups ofThisHost() {
    return new Cgroups(new ProcFs(Path.of("/proc")));
  }

  /** Returns where the unified hierarchy is mounted; nothing on a host with cgroup v1 alone. */
  List<Path> mounts() {
    List<Path> mounts = new ArrayList<>();
    for (String line : proc.text(proc.root().resolve("self/mountinfo")).split("\n", -1)) {
      // proc_pid_mountinfo(5): ... mount point, options, optional fields, "-", type, ...
      String[] fields = line.split(" ", -1);
      List<String> all = List.of(fields);
      int dash = all.indexOf("-");
      if (dash > 4 && dash + 1 < fields.length && fields[dash + 1].equals("cgroup2")) {
        mounts.add(Path.of(fields[4]));
      }
    }
    return mounts;
  }

  /**
   * Returns the folder of a cgroup.
   *
   * @param path the folder, or the cgroup's path as {@code /proc/PID/cgroup} has it
   * @throws IOException when there is none, or it is not of cgroup v2; the message says what to do
   */
  public Path folder(String path) throws IOException {
    if (path.isBlank()) {
      // An unset variable in a script must not stand for the whole host.
      throw new IOException("the cgroup has no name: give its path");
    }
    List<Path> mounts = mounts();
    Path given = Path.of(path);
    List<Path> tries = new ArrayList<>(List.of(given));
    mounts.forEach(mount -> tries.add(Path.of(mount + "/" + path)));
    for (Path folder : tries) {
      if (Files.isDirectory(folder)) {
        Path real = folder.toRealPath();
        if (mounts.stream().anyMatch(real::startsWith)) {
          return real;
        }
        if (Files.exists(real.resolve("cgroup.procs"))) {
          throw new IOException(
              path
                  + " is of cgroup v1, which cannot be told in the kernel: name its processes with"
                  + " --pid and --tree, or boot with systemd.unified_cgroup_hierarchy=1");
        }
      }
    }
    throw new IOException(
        path
            + " is no cgroup"
            + (mounts.isEmpty() ? ": this host has cgroup v1 alone, use --pid and --tree" : ""));
  }

  /**
   * Returns the folders of a container.
   *
   * @param prefix of its id, as Docker and Kubernetes print it
   * @throws IOException when there is none or more than one; the message says what to do
   */
  public Set<Path> container(String prefix) throws IOException {
    TreeMap<String, Set<Path>> found = new TreeMap<>();
    List<Path> mounts = mounts();
    for (Path mount : mounts) {
      try (Stream<Path> folders = Files.find(mount, MAX_DEPTH, (p, a) -> a.isDirectory())) {
        folders.forEach(
            folder -> {
              String id = ContainerIds.ofFolder(String.valueOf(folder.getFileName()));
              if (!id.isEmpty() && id.startsWith(prefix)) {
                found.computeIfAbsent(id, any -> new LinkedHashSet<>()).add(folder);
              }
            });
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
    if (found.size() > 1) {
      throw new IOException(
          prefix + " is the begin of " + found.size() + " containers: give more of the id");
    }
    if (found.isEmpty()) {
      throw new IOException(
          prefix
              + " is no container in a cgroup v2 of this host"
              + (mounts.isEmpty() ? ", which has cgroup v1 alone: use --pid and --tree" : ""));
    }
    return found.firstEntry().getValue();
  }

  /** Returns the processes of a cgroup and of those below it. */
  static Set<Integer> processes(Path folder) throws IOException {
    Set<Integer> pids = new LinkedHashSet<>();
    try (Stream<Path> files = Files.find(folder, MAX_DEPTH, (p, a) -> p.endsWith("cgroup.procs"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        read(file, pids);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return pids;
  }

  private static void read(Path file, Set<Integer> pids) {
    try {
      Files.readAllLines(file).forEach(line -> pids.add(Integer.parseInt(line)));
    } catch (IOException e) {
      // The cgroup went away, or is threaded: its processes are then listed above.
      return;
    }
  }
}
