// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

/**
 * A temporary folder that its owner alone can read, removed with all that is in it when it is
 * closed or the process ends. What a process that was killed left behind is removed by the next.
 */
final class PrivateFolder implements AutoCloseable {
  private static final String PREFIX = "tapedeck-";
  private static final String LOCK = "lock";

  /** A younger folder may belong to a process that has not locked it yet. */
  private static final Duration YOUNG = Duration.ofMinutes(1);

  private final Path path;
  private final FileChannel lock;
  private final Thread atExit;

  private PrivateFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
    this.atExit = new Thread(this::removeAtExit, "remove-temporary-files");
  }

  /** Creates one in the temporary folder. */
  static PrivateFolder create() throws IOException {
    return create(
        Path.of(System.getProperty("java.io.tmpdir")),
        "nothing can be written to the temporary folder",
        "name another one in TMPDIR");
  }

  /** Creates one in the folder of a file that is to be written. */
  static PrivateFolder createIn(Path parent) throws IOException {
    return create(parent, "nothing can be written to the folder", "name another one with -o");
  }

  /** Creates one; createTempDirectory gives it to its owner alone. */
  private static PrivateFolder create(Path parent, String problem, String remedy)
      throws IOException {
    Path path = createFolder(parent, problem, remedy);
    FileChannel lock =
        FileChannel.open(
            path.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    lock.lock();
    removeAbandoned(parent, Files.getOwner(path));
    PrivateFolder folder = new PrivateFolder(path, lock);
    Runtime.getRuntime().addShutdownHook(folder.atExit);
    return folder;
  }

  private static String ownPrefix() {
    return PREFIX + ProcessHandle.current().pid() + "-";
  }

  private static Path createFolder(Path parent, String problem, String remedy) throws IOException {
    try {
      return Files.createTempDirectory(parent, ownPrefix());
    } catch (FileSystemException e) {
      CommandFailure failure = new CommandFailure(ExitCode.IO, problem, parent.toString(), remedy);
      failure.initCause(e);
      throw failure;
    }
  }

  /** Removes folders of ours that no process holds the lock of any more. */
  private static void removeAbandoned(Path parent, UserPrincipal owner) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "*-*")) {
      for (Path each : folders) {
        // Locks belong to processes: to close a file of our own twice would give it up.
        if (!each.getFileName().toString().startsWith(ownPrefix())) {
          removeIfAbandoned(each, owner);
        }
      }
    } catch (AccessDeniedException | DirectoryIteratorException e) {
      // Who may not list the temporary folder leaves clearing up to others.
      return;
    }
  }

  private static void removeIfAbandoned(Path folder, UserPrincipal owner) throws IOException {
    try {
      PosixFileAttributes attributes =
          Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      Instant changed = attributes.lastModifiedTime().toInstant();
      if (!attributes.isDirectory()
          || !attributes.owner().equals(owner)
          || changed.isAfter(Instant.now().minus(YOUNG))) {
        return;
      }
      try (FileChannel file =
              FileChannel.open(
                  folder.resolve(LOCK), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
          FileLock held = file.tryLock()) {
        if (held != null) {
          remove(folder);
        }
      }
    } catch (FileSystemException e) {
      // It has no lock, so that it is none of ours, or another process was quicker.
      return;
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    Runtime.getRuntime().removeShutdownHook(atExit);
    remove(path);
    lock.close();
  }

  private void removeAtExit() {
    try {
      remove(path);
    } catch (IOException e) {
      System.err.println(
          "analyzer: cannot remove temporary files: " + path + ": " + e.getMessage());
    }
  }

  private static void remove(Path path) throws IOException {
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
