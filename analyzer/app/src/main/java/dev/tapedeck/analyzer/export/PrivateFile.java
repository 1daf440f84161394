// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file that appears under its name only when it is complete, readable by its owner alone.
 *
 * <p>A name that is a device or pipe already is written to as it is. A symbolic link is followed,
 * unless another user put it into a folder where everybody may: as the kernel has it for who opens
 * a file ({@code fs.protected_symlinks}), whatever the kernel's setting is.
 *
 * <p><b>Lifecycle:</b> write to {@link #stream}, then {@link #commit}; {@link #close} without it
 * removes what was written. <b>Threads:</b> confined to one.
 */
public final class PrivateFile implements Closeable {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  /** Belongs to who runs this. */
  private static final Path OWN_PROCESS = Path.of("/proc/self");

  private static final int BUFFER_BYTES = 1 << 18;

  private final Path target;

  /** Null when the target is written directly. */
  private final @Nullable Path temporary;

  private final FileChannel channel;
  private final OutputStream stream;
  private boolean committed;

  private PrivateFile(Path target, @Nullable Path temporary, FileChannel channel) {
    this.target = target;
    this.temporary = temporary;
    this.channel = channel;
    this.stream = new BufferedOutputStream(new NamingStream(target, channel), BUFFER_BYTES);
  }

  /**
   * Creates the temporary file beside {@code target}.
   *
   * @throws IOException when that is not possible
   */
  public static PrivateFile create(Path target) throws IOException {
    boolean exists = Files.exists(target);
    if (exists && !Files.isRegularFile(target) && !Files.isDirectory(target)) {
      return new PrivateFile(target, null, FileChannel.open(target, StandardOpenOption.WRITE));
    }
    refuseForeignLink(target);
    Path absolute = exists ? target.toRealPath() : target.toAbsolutePath();
    Path folder = absolute.getParent();
    Path name = absolute.getFileName();
    if (folder == null || name == null || Files.isDirectory(target)) {
      throw new FileSystemException(target.toString(), null, "is a directory");
    }
    if (!Files.isDirectory(folder)) {
      throw new NoSuchFileException(folder.toString());
    }
    FileAttribute<?>[] attributes =
        FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
            : new FileAttribute<?>[0];
    try {
      Path temporary = Files.createTempFile(folder, "." + name + ".", ".tmp", attributes);
      // For SIGINT and SIGTERM, which end the process without closing anything.
      temporary.toFile().deleteOnExit();
      return new PrivateFile(
          absolute, temporary, FileChannel.open(temporary, StandardOpenOption.WRITE));
    } catch (FileSystemException e) {
      throw about(target, e);
    }
  }

  /** What it points to would be replaced without the kernel being asked. */
  private static void refuseForeignLink(Path target) throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    if (!Files.isSymbolicLink(target)
        || folder == null
        || !Files.getFileStore(folder).supportsFileAttributeView(PosixFileAttributeView.class)
        || !Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_WRITE)) {
      return;
    }
    UserPrincipal owner = Files.getOwner(target, LinkOption.NOFOLLOW_LINKS);
    if (!owner.equals(Files.getOwner(folder)) && !owner.equals(Files.getOwner(OWN_PROCESS))) {
      throw new FileSystemException(
          target.toString(), null, "is a symbolic link of another user, " + owner.getName());
    }
  }

  /** The name that the user gave says more than that of a file nobody asked for. */
  private static FileSystemException about(Path target, FileSystemException cause) {
    FileSystemException failure =
        cause instanceof AccessDeniedException
            ? new AccessDeniedException(target.toString(), null, cause.getReason())
            : new FileSystemException(target.toString(), null, cause.getReason());
    failure.initCause(cause);
    return failure;
  }

  /** Returns where to write; the caller need not close it. */
  public OutputStream stream() {
    return stream;
  }

  /** Makes what was written durable and gives it its name, replacing an older file. */
  public void commit() throws IOException {
    stream.flush();
    if (temporary == null) {
      channel.close();
      return;
    }
    try {
      channel.force(true);
      channel.close();
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (FileSystemException e) {
      throw about(target, e);
    }
    committed = true;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    if (temporary != null && !committed) {
      Files.deleteIfExists(temporary);
    }
  }

  /** Says in its errors which file they are about. */
  private static final class NamingStream extends OutputStream {
    private final Path name;
    private final OutputStream stream;

    NamingStream(Path name, FileChannel channel) {
      this.name = name;
      this.stream = Channels.newOutputStream(channel);
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        stream.write(bytes, offset, length);
      } catch (IOException e) {
        throw new IOException(name + ": " + e.getMessage(), e);
      }
    }
  }
}
