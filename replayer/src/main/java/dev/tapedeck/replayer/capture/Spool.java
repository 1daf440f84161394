// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.capture;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.format.Bytes;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A file of captured bytes that ends with this process: it has no name any more, and its bytes are
 * encrypted with a key that exists in memory only, so that what was encrypted in the capture does
 * not lie open on a disk.
 *
 * <p>AES in counter mode (NIST SP 800-38A, section 6.5); the counter is the place in the file, in
 * blocks of 16 bytes, and each run begins at a block of its own. Nothing is ever written twice.
 *
 * <p><b>Threads:</b> {@link #append} is confined to one, {@link #read} may be called from any.
 */
final class Spool implements Closeable {
  private static final int BLOCK_BYTES = 16;
  private static final int BUFFER_BYTES = 1 << 16;

  private final FileChannel file;
  private final SecretKeySpec key;
  private long lengthBytes;

  private Spool(FileChannel file, SecretKeySpec key) {
    this.file = file;
    this.key = key;
  }

  /**
   * Makes an empty one in the folder for temporary files.
   *
   * @throws IOException when it cannot be made
   */
  static Spool create() throws IOException {
    byte[] secret = new byte[BLOCK_BYTES];
    new SecureRandom().nextBytes(secret);
    // Files of this method are their owner's alone.
    Path path = Files.createTempFile("replayer", ".spool");
    try {
      return new Spool(
          FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE),
          new SecretKeySpec(secret, "AES"));
    } finally {
      Files.delete(path);
    }
  }

  long lengthBytes() {
    return lengthBytes;
  }

  /** Writes bytes to the end; returns where they begin. */
  long append(ByteRope bytes) throws IOException {
    long begin = lengthBytes;
    Cipher cipher = cipher(begin);
    for (Bytes run : bytes.segments()) {
      for (int from = 0; from < run.length(); from += BUFFER_BYTES) {
        int count = Math.min(BUFFER_BYTES, run.length() - from);
        byte[] sealed = cipher.update(run.sharedArray(), run.sharedOffset() + from, count);
        write(ByteBuffer.wrap(sealed));
      }
    }
    lengthBytes = (lengthBytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
    return begin;
  }

  private void write(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      lengthBytes += file.write(buffer, lengthBytes);
    }
  }

  /** Reads so many bytes from the place that {@link #append} returned. */
  Bytes read(long offset, int count) throws IOException {
    if (count == 0) {
      return Bytes.empty();
    }
    byte[] open = cipher(offset).update(raw(offset, count).sharedArray());
    return Bytes.wrap(open, 0, open.length);
  }

  /** Returns bytes as they lie in the file. */
  Bytes raw(long offset, int count) throws IOException {
    byte[] bytes = new byte[count];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      if (file.read(buffer, offset + buffer.position()) < 0) {
        throw new EOFException("offset=" + offset + " count=" + count);
      }
    }
    return Bytes.wrap(bytes, 0, count);
  }

  /** The same operation seals and opens. */
  private Cipher cipher(long offset) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      ByteBuffer counter = ByteBuffer.allocate(BLOCK_BYTES).putLong(8, offset / BLOCK_BYTES);
      cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(counter.array()));
      return cipher;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES/CTR", e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
