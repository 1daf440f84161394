// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A temporary folder that its owner alone can read, removed with all that is in it when it is
 * closed or the process ends.
 */
final class PrivateFolder implements AutoCloseable {
  private final Path path;
  private final Thread atExit;

  private PrivateFolder(Path path) {
    this.path = path;
    this.atExit = new Thread(this::removeAtExit, "remove-temporary-files");
  }

  /** Creates one; createTempDirectory gives it to its owner alone. */
  static PrivateFolder create() throws IOException {
    PrivateFolder folder = new PrivateFolder(Files.createTempDirectory("tapedeck-"));
    Runtime.getRuntime().addShutdownHook(folder.atExit);
    return folder;
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    Runtime.getRuntime().removeShutdownHook(atExit);
    remove();
  }

  private void removeAtExit() {
    try {
      remove();
    } catch (IOException e) {
      System.err.println(
          "analyzer: cannot remove temporary files: " + path + ": " + e.getMessage());
    }
  }

  private void remove() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      // Removed already, which is what is wanted.
      return;
    }
    Files.deleteIfExists(path);
  }
}
