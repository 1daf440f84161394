// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.listing;

import dev.tapedeck.format.CaptureReader;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.CRC32C;
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
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 4096;
  private static final int MAX_DIRECTORY_BYTES = 1 << 30;

  private final Path target;
  private final Path temporary;
  private final FileChannel channel;
  private final Identity identity;
  private final Chunks.InFile chunks;

  private IndexFile(Path target, Path temporary, FileChannel channel, Identity identity) {
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
    FileAttribute<?>[] ownerOnly =
        folder != null && folder.getFileSystem().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    Path temporary =
        folder == null
            ? Files.createTempFile("tapedeck", ".tmp", ownerOnly)
            : Files.createTempFile(folder, "." + target.getFileName() + ".", ".tmp", ownerOnly);
    // For SIGINT and SIGTERM, which end the process without closing anything.
    temporary.toFile().deleteOnExit();
    return new IndexFile(
        target,
        temporary,
        FileChannel.open(temporary, StandardOpenOption.READ, StandardOpenOption.WRITE),
        identity);
  }

  Chunks chunks() {
    return chunks;
  }

  /** Removes what was written. */
  void abandon() throws IOException {
    channel.close();
    Files.deleteIfExists(temporary);
  }

  /** Completes the file and gives it its name. */
  void commit(Listing listing, Clocks clocks) throws IOException {
    listing.finish();
    long[] offsets = chunks.offsets();
    int[] rowChunks = listing.rowChunks();
    int[] sessionChunks = listing.sessionChunks();
    long[] sessionAt = listing.sessionAt();
    ByteBuffer clockBytes = clocks.write();
    ByteBuffer directory =
        ByteBuffer.allocate(
            5 * Integer.BYTES
                + offsets.length * Long.BYTES
                + (rowChunks.length + sessionChunks.length) * Integer.BYTES
                + sessionAt.length * Long.BYTES
                + clockBytes.remaining());
    directory.putInt(listing.count());
    directory.putInt(offsets.length).putInt(rowChunks.length);
    directory.putInt(sessionChunks.length).putInt(sessionAt.length);
    directory.asLongBuffer().put(offsets);
    directory.position(directory.position() + offsets.length * Long.BYTES);
    directory.asIntBuffer().put(rowChunks).put(sessionChunks);
    directory.position(
        directory.position() + (rowChunks.length + sessionChunks.length) * Integer.BYTES);
    directory.asLongBuffer().put(sessionAt);
    directory.position(directory.position() + sessionAt.length * Long.BYTES);
    directory.put(clockBytes).flip();

    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.putLong(MAGIC).putInt(VERSION);
    identity.write(header);
    header.putLong(offsets[offsets.length - 1]).putInt(directory.remaining());
    header.putInt(crc(directory));
    header.putInt(crc(header.duplicate().flip()));
    header.rewind();
    writeAll(directory, offsets[offsets.length - 1]);
    writeAll(header, 0);
    Files.move(
        temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private void writeAll(ByteBuffer bytes, long from) throws IOException {
    long at = from;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  private static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    return (int) crc.getValue();
  }

  /** Returns the listing of a capture; null when there is none, or not of this capture as it is. */
  static @Nullable Opened open(Path capture, CaptureReader reader) throws IOException {
    Path file = of(capture);
    if (!Files.isRegularFile(file)) {
      return null;
    }
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
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
    boolean whole = crc(header.duplicate().flip()) == header.getInt();
    if (!fits || !whole || directoryBytes < 0 || directoryBytes > MAX_DIRECTORY_BYTES) {
      return null;
    }
    ByteBuffer directory = read(channel, directoryAt, directoryBytes);
    if (directory == null || crc(directory) != directoryCrc) {
      return null;
    }
    int count = directory.getInt();
    long[] offsets = new long[directory.getInt()];
    int[] rowChunks = new int[directory.getInt()];
    int[] sessionChunks = new int[directory.getInt()];
    long[] sessionAt = new long[directory.getInt()];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = directory.getLong();
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
    Chunks chunks = new Chunks.InFile(channel, offsets, offsets.length - 1);
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
