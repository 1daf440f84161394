// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The folders from which the dynamic loader takes libraries (ld.so(8), ldconfig(8)). */
final class LoaderFolders {
  private static final List<String> TRUSTED = List.of("lib", "usr/lib", "lib64", "usr/lib64");

  /** Includes may include; configurations that go in a circle end here. */
  private static final int MAX_DEPTH = 4;

  private LoaderFolders() {}

  /** Returns the folders of a system, real paths, each once. */
  static Set<Path> read(Path root) {
    List<Path> folders = new ArrayList<>();
    readConfiguration(root, root.resolve("etc/ld.so.conf"), 0, folders);
    TRUSTED.forEach(folder -> folders.add(root.resolve(folder)));
    Set<Path> real = new LinkedHashSet<>();
    for (Path folder : folders) {
      try {
        real.add(folder.toRealPath());
      } catch (IOException e) {
        // Configured and not there.
      }
    }
    return real;
  }

  private static void readConfiguration(Path root, Path file, int depth, List<Path> folders) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file, java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // Without the file only the trusted folders count.
      return;
    }
    for (String line : lines) {
      String text = line.replaceFirst("#.*", "").trim();
      if (text.startsWith("include ") && depth < MAX_DEPTH) {
        for (Path included : glob(root, text.substring("include ".length()).trim())) {
          readConfiguration(root, included, depth + 1, folders);
        }
      } else if (text.startsWith("/")) {
        folders.add(root.resolve(text.substring(1)));
      }
    }
  }

  private static List<Path> glob(Path root, String pattern) {
    List<Path> found = new ArrayList<>();
    int slash = pattern.lastIndexOf('/');
    Path folder =
        pattern.startsWith("/")
            ? root.resolve(pattern.substring(1, Math.max(1, slash)))
            : root.resolve("etc").resolve(pattern.substring(0, Math.max(0, slash)));
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(folder, pattern.substring(slash + 1))) {
      files.forEach(found::add);
    } catch (IOException | DirectoryIteratorException e) {
      // An include that matches nothing is no error for the loader either.
      return List.of();
    }
    found.sort(null);
    return found;
  }
}
