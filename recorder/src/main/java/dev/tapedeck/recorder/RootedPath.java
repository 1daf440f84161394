// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Resolves paths as a process with another root folder does: links, absolute ones too, stay within
 * that root (as RESOLVE_IN_ROOT of openat2(2)), so that a container cannot point outside.
 */
final class RootedPath {
  /** As the kernel bounds it (MAXSYMLINKS). */
  private static final int MAX_LINKS = 40;

  private RootedPath() {}

  /**
   * Returns where a path leads.
   *
   * @param root the root folder, which may be a magic link of {@code /proc}
   * @param path as a process with that root writes it
   * @return a path without links below the root
   * @throws IOException when the path leads nowhere
   */
  static Path resolve(Path root, String path) throws IOException {
    Deque<String> rest = new ArrayDeque<>();
    push(rest, path);
    Deque<String> walked = new ArrayDeque<>();
    int links = 0;
    while (!rest.isEmpty()) {
      String name = rest.pop();
      if (name.equals("..")) {
        walked.pollLast();
        continue;
      }
      walked.addLast(name);
      Path here = join(root, walked);
      if (Files.isSymbolicLink(here)) {
        if (++links > MAX_LINKS) {
          throw new IOException(path + " has too many links");
        }
        String target = Files.readSymbolicLink(here).toString();
        walked.removeLast();
        if (target.startsWith("/")) {
          walked.clear();
        }
        push(rest, target);
      }
    }
    Path resolved = join(root, walked);
    if (!Files.exists(resolved)) {
      throw new IOException(path + " leads nowhere");
    }
    return resolved;
  }

  /**
   * Returns the begin of a file.
   *
   * @param maxBytes at most so many bytes
   * @throws IOException when there is no such file; pipes and devices, which may never answer or
   *     never end, are none
   */
  static byte[] read(Path root, String path, int maxBytes) throws IOException {
    Path file = resolve(root, path);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(path + " is no file");
    }
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return in.readNBytes(maxBytes);
    }
  }

  private static void push(Deque<String> rest, String path) {
    String[] names = path.split("/+", -1);
    for (int i = names.length - 1; i >= 0; i--) {
      if (!names[i].isEmpty() && !names[i].equals(".")) {
        rest.push(names[i]);
      }
    }
  }

  private static Path join(Path root, Deque<String> names) throws IOException {
    try {
      Path path = root;
      for (String name : names) {
        path = path.resolve(name);
      }
      return path;
    } catch (InvalidPathException e) {
      // A NUL, or letters that this process's locale does not have.
      throw new IOException("no path: " + e.getReason(), e);
    }
  }
}
