// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file of a capture while it is written: {@code NAME.partial}, readable by its owner only,
 * which becomes {@code NAME} when the capture is whole.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class CaptureFile {
  static final String PARTIAL_SUFFIX = ".partial";

  private static final String OWNER_ONLY = "rw-------";

  private final Path target;
  private final Path partial;

  /** Tells our file from another of the same name; null before it is made, or where none can. */
  private @Nullable Object key;

  CaptureFile(Path target) {
    this.target = target;
    this.partial = target.resolveSibling(target.getFileName() + PARTIAL_SUFFIX);
  }

  String name() {
    return partial.toString();
  }

  /** Makes the partial file, which must not be there. */
  FileChannel create() throws IOException {
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      FileChannel channel = FileChannel.open(partial, options, ownerOnly());
      key = keyOfPartial();
      return channel;
    } catch (FileAlreadyExistsException e) {
      throw new IOException(
          partial
              + ": exists: a recording writes it, or one was cut short; read it or move it away",
          e);
    } catch (NoSuchFileException e) {
      throw new IOException(partial + ": cannot be made: its folder does not exist", e);
    } catch (IOException e) {
      throw new IOException(partial + ": cannot be made: " + reasonOf(e), e);
    }
  }

  /** Returns 0600, where the file system knows it, from the file's first moment on. */
  private FileAttribute<?>[] ownerOnly() {
    boolean posix = partial.getFileSystem().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY))
        }
        : new FileAttribute<?>[0];
  }

  private static String reasonOf(IOException e) {
    String reason =
        e instanceof java.nio.file.FileSystemException failed ? failed.getReason() : null;
    return reason != null ? reason : e.getClass().getSimpleName() + " " + e.getMessage();
  }

  private @Nullable Object keyOfPartial() throws IOException {
    return Files.readAttributes(partial, BasicFileAttributes.class).fileKey();
  }

  /** Removes the partial file, which is of no use to anybody; not what another put in its place. */
  void discard(IOException failure) {
    try {
      if (Files.exists(partial) && Objects.equals(key, keyOfPartial())) {
        Files.delete(partial);
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** Gives the file its final name, and makes the name durable. */
  void complete() throws IOException {
    try {
      if (!Objects.equals(key, keyOfPartial())) {
        throw new IOException(
            partial + ": is another's by now: ours was moved away, as to " + partial + ".old");
      }
    } catch (NoSuchFileException e) {
      throw new IOException(
          partial + ": is whole but was moved away, or deleted, before it had its name", e);
    }
    try {
      Files.move(
          partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new IOException(
          partial + ": is whole but cannot be renamed to " + target + ": " + reasonOf(e), e);
    }
    Path folder = target.toAbsolutePath().getParent();
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /**
   * Returns the bytes that this process may still write on the file system; {@link Long#MAX_VALUE}
   * when the system does not say. A {@code FileStore} would not do: in a chroot the mount it looks
   * for is not listed.
   */
  long usableBytes() {
    File file = partial.toFile();
    long usable = file.getUsableSpace();
    return usable == 0 && file.getTotalSpace() == 0 ? Long.MAX_VALUE : usable;
  }
}
