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

/**
 * The folders from which the dynamic loader takes libraries (ld.so(8), ldconfig(8); musl looks in
 * the trusted ones and in usr/local/lib).
 */
final class LoaderFolders {
  private static final List<String> TRUSTED =
      List.of("lib", "usr/lib", "lib64", "usr/lib64", "usr/local/lib");

  /** Includes may include; configurations that go in a circle end here. */
  private static final int MAX_DEPTH = 4;

  private LoaderFolders() {}

  /** Returns the folders of a system, real paths, each once. */
  static Set<Path> read(Path root) {
    List<String> folders = new ArrayList<>();
    readConfiguration(root, "etc/ld.so.conf", 0, folders);
    folders.addAll(TRUSTED);
    Set<Path> real = new LinkedHashSet<>();
    for (String folder : folders) {
      try {
        real.add(RootedPath.resolve(root, folder));
      } catch (IOException e) {
        // Configured and not there.
      }
    }
    return real;
  }

  private static void readConfiguration(Path root, String file, int depth, List<String> folders) {
    List<String> lines;
    try {
      lines =
          Files.readAllLines(
              RootedPath.resolve(root, file), java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // Without the file only the trusted folders count.
      return;
    }
    for (String line : lines) {
      String text = line.replaceFirst("#.*", "").trim();
      if (text.startsWith("include ") && depth < MAX_DEPTH) {
        for (String included : glob(root, text.substring("include ".length()).trim())) {
          readConfiguration(root, included, depth + 1, folders);
        }
      } else if (text.startsWith("/")) {
        folders.add(text);
      }
    }
  }

  private static List<String> glob(Path root, String pattern) {
    List<String> found = new ArrayList<>();
    int slash = pattern.lastIndexOf('/');
    String folder =
        pattern.startsWith("/")
            ? pattern.substring(0, slash + 1)
            : "/etc/" + pattern.substring(0, slash + 1);
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(RootedPath.resolve(root, folder), pattern.substring(slash + 1))) {
      files.forEach(file -> found.add(folder + file.getFileName()));
    } catch (IOException | DirectoryIteratorException e) {
      // An include that matches nothing is no error for the loader either.
      return List.of();
    }
    found.sort(null);
    return found;
  }
}
