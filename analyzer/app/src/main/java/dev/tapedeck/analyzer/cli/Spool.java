// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps texts that grow side by side until it is their turn to be written: in memory as long as
 * they are few, else in a temporary file that its owner alone can read and that goes with the
 * process.
 *
 * <p><b>Threads:</b> confined to one. <b>Limits:</b> so many bytes of text as it was made with, and
 * some 100 bytes for each text, are in memory.
 */
final class Spool implements Closeable {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  /** Enough for what most captures hold. */
  static final int DEFAULT_BUFFERED_BYTES = 8 << 20;

  private static final int COPY_BYTES = 1 << 16;
  private static final byte[] NOTHING = new byte[0];
  private static final long[] NOWHERE = new long[0];

  private final int maxBufferedBytes;
  private final List<Text> buffered = new ArrayList<>();
  private long bufferedBytes;
  private @Nullable FileChannel file;
  private long fileBytes;

  /** Makes a spool that holds so many bytes in memory. */
  Spool(int maxBufferedBytes) {
    this.maxBufferedBytes = maxBufferedBytes;
  }

  /** Begins a text. */
  Text begin() {
    return new Text();
  }

  /** A text that grows. */
  final class Text extends OutputStream {
    private byte[] buffer = NOTHING;
    private int used;

    /** Place in {@link #buffered} of a text that is in memory. */
    private int slot;

    /** Offset and length in the file of each part that is not in memory. */
    private long[] parts = NOWHERE;

    boolean isEmpty() {
      return used == 0 && parts.length == 0;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return;
      }
      if (buffer.length == 0) {
        slot = buffered.size();
        buffered.add(this);
      }
      if (length > buffer.length - used) {
        int larger = Math.max(used + length, 2 * buffer.length);
        bufferedBytes += larger - buffer.length;
        buffer = Arrays.copyOf(buffer, larger);
      }
      System.arraycopy(bytes, offset, buffer, used, length);
      used += length;
      if (bufferedBytes > maxBufferedBytes) {
        spill();
      }
    }

    /** Writes the whole text and forgets it. */
    void moveTo(OutputStream out) throws IOException {
      byte[] copy = new byte[parts.length == 0 ? 0 : COPY_BYTES];
      for (int i = 0; i < parts.length; i += 2) {
        long at = parts[i];
        long end = at + parts[i + 1];
        while (at < end) {
          int count = (int) Math.min(copy.length, end - at);
          readFully(at, copy, count);
          out.write(copy, 0, count);
          at += count;
        }
      }
      out.write(buffer, 0, used);
      discard();
    }

    /** Forgets the text. */
    void discard() {
      if (buffer.length > 0) {
        Text last = buffered.remove(buffered.size() - 1);
        if (last != this) {
          buffered.set(slot, last);
          last.slot = slot;
        }
        bufferedBytes -= buffer.length;
      }
      buffer = NOTHING;
      used = 0;
      parts = NOWHERE;
    }

    private void spillTo(FileChannel target) throws IOException {
      if (used > 0) {
        ByteBuffer rest = ByteBuffer.wrap(buffer, 0, used);
        long at = fileBytes;
        while (rest.hasRemaining()) {
          at += target.write(rest, at);
        }
        parts = Arrays.copyOf(parts, parts.length + 2);
        parts[parts.length - 2] = fileBytes;
        parts[parts.length - 1] = used;
        fileBytes = at;
      }
      buffer = NOTHING;
      used = 0;
    }
  }

  private void spill() throws IOException {
    FileChannel target = file;
    if (target == null) {
      target = create();
      file = target;
    }
    for (Text text : buffered) {
      text.spillTo(target);
    }
    buffered.clear();
    bufferedBytes = 0;
  }

  private static FileChannel create() throws IOException {
    FileAttribute<?>[] attributes =
        FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
            : new FileAttribute<?>[0];
    Path path = Files.createTempFile("tapedeck-", ".tmp", attributes);
    return FileChannel.open(
        path,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        StandardOpenOption.DELETE_ON_CLOSE);
  }

  private void readFully(long from, byte[] bytes, int count) throws IOException {
    FileChannel source = file;
    ByteBuffer target = ByteBuffer.wrap(bytes, 0, count);
    long at = from;
    while (source != null && target.hasRemaining()) {
      int read = source.read(target, at);
      if (read < 0) {
        throw new IOException("the temporary file ends at " + at);
      }
      at += read;
    }
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
