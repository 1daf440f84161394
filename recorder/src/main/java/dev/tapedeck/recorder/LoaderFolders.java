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
import java.util.regex.PatternSyntaxException;

/**
 * The folders from which the dynamic loader takes libraries (ld.so(8), ldconfig(8); musl looks in
 * the trusted ones and in usr/local/lib).
 */
final class LoaderFolders {
  private static final List<String> TRUSTED =
      List.of("lib", "usr/lib", "lib64", "usr/lib64", "usr/local/lib");

  /** Includes may include; configurations that go in a circle end here. */
  private static final int MAX_DEPTH = 4;

  /** A container's configuration may be hostile: so many files, of so many bytes, name folders. */
  private static final int MAX_FILES = 256;

  private static final int MAX_FILE_BYTES = 64 * 1024;
  private static final int MAX_FOLDERS = 256;

  private final Path root;
  private final Set<String> folders = new LinkedHashSet<>();
  private int files;

  private LoaderFolders(Path root) {
    this.root = root;
  }

  /** Returns the folders of a system, real paths, each once. */
  static Set<Path> read(Path root) {
    LoaderFolders configured = new LoaderFolders(root);
    configured.readConfiguration("etc/ld.so.conf", 0);
    List<String> all = new ArrayList<>(configured.folders);
    all.addAll(TRUSTED);
    Set<Path> real = new LinkedHashSet<>();
    for (String folder : all) {
      try {
        real.add(RootedPath.resolve(root, folder));
      } catch (IOException e) {
        // Configured and not there.
      }
    }
    return real;
  }

  private void readConfiguration(String file, int depth) {
    if (++files > MAX_FILES) {
      return;
    }
    String all;
    try {
      all =
          new String(
              RootedPath.read(root, file, MAX_FILE_BYTES),
              java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // Without the file only the trusted folders count.
      return;
    }
    for (String line : all.split("\\R", -1)) {
      String text = line.replaceFirst("#.*", "").trim();
      if (text.startsWith("include ") && depth < MAX_DEPTH) {
        for (String included : glob(text.substring("include ".length()).trim())) {
          readConfiguration(included, depth + 1);
        }
      } else if (text.startsWith("/") && folders.size() < MAX_FOLDERS) {
        folders.add(text);
      }
    }
  }

  private List<String> glob(String pattern) {
    List<String> found = new ArrayList<>();
    int slash = pattern.lastIndexOf('/');
    String folder =
        pattern.startsWith("/")
            ? pattern.substring(0, slash + 1)
            : "/etc/" + pattern.substring(0, slash + 1);
    try (DirectoryStream<Path> matching =
        Files.newDirectoryStream(RootedPath.resolve(root, folder), pattern.substring(slash + 1))) {
      for (Path file : matching) {
        if (found.size() == MAX_FILES) {
          break;
        }
        found.add(folder + file.getFileName());
      }
    } catch (IOException | DirectoryIteratorException | PatternSyntaxException e) {
      // An include that matches nothing, or is none, is no error for the loader either.
      return List.of();
    }
    found.sort(null);
    return found;
  }
}
