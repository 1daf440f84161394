// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The root folders that processes see: the host's, one for each container, chroots. */
final class FileRoots {
  private FileRoots() {}

  private record Root(String namespace, FileIdentity folder) {}

  /**
   * Returns a path to each root folder, the host's own first.
   *
   * <p>Paths go through a process; they last as long as it does.
   *
   * @throws IOException when the processes cannot be listed
   */
  static List<Path> of(ProcFs proc) throws IOException {
    Map<Root, Path> roots = new LinkedHashMap<>();
    add(roots, proc.root().resolve("self"), Path.of("/"));
    for (int pid : proc.pids()) {
      add(roots, proc.of(pid), proc.of(pid).resolve("root"));
    }
    return List.copyOf(roots.values());
  }

  private static void add(Map<Root, Path> roots, Path process, Path root) {
    try {
      String namespace = Files.readSymbolicLink(process.resolve("ns/mnt")).toString();
      roots.putIfAbsent(new Root(namespace, FileIdentity.of(process.resolve("root"))), root);
    } catch (IOException e) {
      // It has ended, is a kernel thread, or is not ours to look at.
      return;
    }
  }
}
