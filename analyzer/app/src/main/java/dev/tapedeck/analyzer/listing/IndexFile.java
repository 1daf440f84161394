// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.listing;

import dev.tapedeck.format.CaptureReader;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Collections;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A listing on disk, beside its capture: {@code orders.tape.idx}. It can be removed at any time;
 * one that does not fit the capture is made anew.
 *
 * <p>{@code header (4096 bytes) | chunks | directory}. The header names version, capture and
 * directory; header and directory carry a CRC32C. docs/WEB.md describes it.
 */
final class IndexFile {
  static final String SUFFIX = ".idx";

  private static final long MAGIC = 0x5441504549445801L;
  private static final int VERSION = 4;
  private static final int HEADER_BYTES = 4096;
  private static final int MAX_DIRECTORY_BYTES = 1 << 30;

  private static final Set<PosixFilePermission> FOR_OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");

  /** Null for one that nobody is to find again. */
  private final @Nullable Path target;

  private final Path temporary;
  private final FileChannel channel;
  private final Identity identity;
  private final Chunks.InFile chunks;

  private IndexFile(@Nullable Path target, Path temporary, FileChannel channel, Identity identity) {
    this.target = target;
    this.temporary = temporary;
    this.channel = channel;
    this.identity = identity;
    this.chunks = new Chunks.InFile(channel, HEADER_BYTES);
  }

  /** A listing that was read from a file. */
  record Opened(Listing listing, Clocks clocks) {}

  /** What ties an index to its capture. */
  private record Identity(ByteBuffer fileId, long bytes, long modifiedMillis) {
    static Identity of(Path capture, CaptureReader reader) throws IOException {
      return new Identity(
          reader.header().fileId().asBuffer(),
          Files.size(capture),
          Files.getLastModifiedTime(capture).toMillis());
    }

    void write(ByteBuffer target) {
      target.put(fileId.duplicate()).putLong(bytes).putLong(modifiedMillis);
    }
  }

  static Path of(Path capture) {
    return capture.resolveSibling(capture.getFileName() + SUFFIX);
  }

  /** Begins a new one under another name, readable by its owner alone. */
  static IndexFile create(Path capture, CaptureReader reader) throws IOException {
    Identity identity = Identity.of(capture, reader);
    Path target = of(capture).toAbsolutePath();
    Path folder = target.getParent();
    Path temporary =
        folder == null
            ? Files.createTempFile("tapedeck", ".tmp", ownerOnly())
            : Files.createTempFile(folder, "." + target.getFileName() + ".", ".tmp", ownerOnly());
    // For SIGINT and SIGTERM, which end the process without closing anything.
    temporary.toFile().deleteOnExit();
    return new IndexFile(target, temporary, open(temporary), identity);
  }

  /** Begins one in the temporary folder that has no name any more once it is open. */
  static IndexFile createNameless(Path capture, CaptureReader reader) throws IOException {
    Identity identity = Identity.of(capture, reader);
    Path temporary = Files.createTempFile("tapedeck-", ".tmp", ownerOnly());
    try {
      return new IndexFile(null, temporary, open(temporary), identity);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static FileChannel open(Path temporary) throws IOException {
    return FileChannel.open(temporary, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static FileAttribute<?>[] ownerOnly() {
    return isPosix()
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean isPosix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }

  Chunks chunks() {
    return chunks;
  }

  /** Removes what was written. */
  void abandon() throws IOException {
    channel.close();
    Files.deleteIfExists(temporary);
  }

  /** Removes a capture's index, which was found to be damaged. */
  static void remove(Path capture) throws IOException {
    Files.deleteIfExists(of(capture));
  }

  /**
   * Completes the file and gives it its name. Where it cannot have that, it serves this time only.
   */
  void commit(Listing listing, Clocks clocks) throws IOException {
    listing.finish();
    Path name = target;
    if (name == null) {
      return;
    }
    try {
      write(listing, clocks);
      Files.move(
          temporary, name, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (FileSystemException e) {
      // Such as another user's file in a folder where only its owner may replace it.
      Files.deleteIfExists(temporary);
    }
  }

  private void write(Listing listing, Clocks clocks) throws IOException {
    long[] offsets = chunks.offsets();
    int[] sums = chunks.sums();
    int[] rowChunks = listing.rowChunks();
    int[] sessionChunks = listing.sessionChunks();
    long[] sessionAt = listing.sessionAt();
    ByteBuffer clockBytes = clocks.write();
    ByteBuffer directory =
        ByteBuffer.allocate(
            5 * Integer.BYTES
                + offsets.length * Long.BYTES
                + (sums.length + rowChunks.length + sessionChunks.length) * Integer.BYTES
                + sessionAt.length * Long.BYTES
                + clockBytes.remaining());
    directory.putInt(listing.count());
    directory.putInt(offsets.length).putInt(rowChunks.length);
    directory.putInt(sessionChunks.length).putInt(sessionAt.length);
    directory.asLongBuffer().put(offsets);
    directory.position(directory.position() + offsets.length * Long.BYTES);
    directory.asIntBuffer().put(sums).put(rowChunks).put(sessionChunks);
    directory.position(
        directory.position()
            + (sums.length + rowChunks.length + sessionChunks.length) * Integer.BYTES);
    directory.asLongBuffer().put(sessionAt);
    directory.position(directory.position() + sessionAt.length * Long.BYTES);
    directory.put(clockBytes).flip();

    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.putLong(MAGIC).putInt(VERSION);
    identity.write(header);
    header.putLong(offsets[offsets.length - 1]).putInt(directory.remaining());
    header.putInt(Chunks.InFile.sum(directory));
    header.putInt(Chunks.InFile.sum(header.duplicate().flip()));
    header.rewind();
    writeAll(directory, offsets[offsets.length - 1]);
    writeAll(header, 0);
  }

  private void writeAll(ByteBuffer bytes, long from) throws IOException {
    long at = from;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  /** Returns the listing of a capture; null when there is none, or not of this capture as it is. */
  static @Nullable Opened open(Path capture, CaptureReader reader) throws IOException {
    Path file = of(capture);
    if (!isOurs(file)) {
      return null;
    }
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    Opened opened = null;
    try {
      opened = read(channel, Identity.of(capture, reader));
    } catch (BufferUnderflowException e) {
      // Not what this version writes: made anew.
      opened = null;
    } finally {
      if (opened == null) {
        channel.close();
      }
    }
    return opened;
  }

  /**
   * Returns whether a file is what this program writes for this user: what another one put there
   * could show rows that the capture does not have.
   */
  private static boolean isOurs(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    if (!isPosix()) {
      return true;
    }
    PosixFileAttributes attributes =
        Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return Collections.disjoint(attributes.permissions(), FOR_OTHERS)
        && attributes.owner().equals(self());
  }

  private static UserPrincipal self() throws IOException {
    Path process = Path.of("/proc/self");
    return Files.exists(process)
        ? Files.getOwner(process)
        : FileSystems.getDefault()
            .getUserPrincipalLookupService()
            .lookupPrincipalByName(System.getProperty("user.name"));
  }

  private static @Nullable Opened read(FileChannel channel, Identity identity) throws IOException {
    ByteBuffer header = read(channel, 0, HEADER_BYTES);
    if (header == null || header.getLong() != MAGIC || header.getInt() != VERSION) {
      return null;
    }
    ByteBuffer expected = ByteBuffer.allocate(64);
    identity.write(expected);
    expected.flip();
    boolean fits = header.slice(header.position(), expected.limit()).equals(expected);
    header.position(header.position() + expected.limit());
    long directoryAt = header.getLong();
    int directoryBytes = header.getInt();
    int directoryCrc = header.getInt();
    boolean whole = Chunks.InFile.sum(header.duplicate().flip()) == header.getInt();
    if (!fits || !whole || directoryBytes < 0 || directoryBytes > MAX_DIRECTORY_BYTES) {
      return null;
    }
    ByteBuffer directory = read(channel, directoryAt, directoryBytes);
    if (directory == null || Chunks.InFile.sum(directory) != directoryCrc) {
      return null;
    }
    int count = directory.getInt();
    long[] offsets = new long[directory.getInt()];
    int[] sums = new int[offsets.length - 1];
    int[] rowChunks = new int[directory.getInt()];
    int[] sessionChunks = new int[directory.getInt()];
    long[] sessionAt = new long[directory.getInt()];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = directory.getLong();
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] = directory.getInt();
    }
    for (int i = 0; i < rowChunks.length; i++) {
      rowChunks[i] = directory.getInt();
    }
    for (int i = 0; i < sessionChunks.length; i++) {
      sessionChunks[i] = directory.getInt();
    }
    for (int i = 0; i < sessionAt.length; i++) {
      sessionAt[i] = directory.getLong();
    }
    Chunks chunks = new Chunks.InFile(channel, offsets, sums);
    return new Opened(
        new Listing(chunks, count, rowChunks, sessionChunks, sessionAt), Clocks.read(directory));
  }

  private static @Nullable ByteBuffer read(FileChannel channel, long from, int length)
      throws IOException {
    if (from < 0 || from > channel.size() - length) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.allocate(length);
    long at = from;
    while (bytes.hasRemaining()) {
      at += channel.read(bytes, at);
    }
    return bytes.flip();
  }
}
