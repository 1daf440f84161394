// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.listing;

import dev.tapedeck.analyzer.Exchange;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges of a capture as rows, in the capture's order, with a record for each session.
 *
 * <p><b>Limits:</b> memory holds the last rows, one number for each {@value #ROWS_A_CHUNK} of them
 * and one for each session; the rest is in chunks.
 *
 * <p><b>Threads:</b> one adds, any number read at the same time.
 */
final class Listing implements Closeable {
  static final int ROWS_A_CHUNK = 4096;

  private static final int SESSIONS_A_CHUNK_BYTES = 1 << 19;
  private static final int TEXT_BYTES_A_ROW = 6 * RowLayout.MAX_TEXT_BYTES;

  private final Chunks chunks;

  // All guarded by this.
  private ByteBuffer rows = ByteBuffer.allocate(ROWS_A_CHUNK * RowLayout.BYTES);
  private ByteBuffer texts = ByteBuffer.allocate(1 << 18);
  private ByteBuffer sessions = ByteBuffer.allocate(SESSIONS_A_CHUNK_BYTES);
  private int[] rowChunks = new int[16];
  private int rowChunkCount;
  private int count;

  /** By session number: chunk and offset, plus 1; 0 for none. */
  private long[] sessionAt = new long[64];

  /** Which chunk the sessions in {@link #sessions} are going to be in, in {@link #sessionAt}. */
  private int sessionChunk;

  private int[] sessionChunks = new int[16];

  Listing(Chunks chunks) {
    this.chunks = chunks;
  }

  /** Takes a listing that is complete. */
  Listing(Chunks chunks, int count, int[] rowChunks, int[] sessionChunks, long[] sessionAt) {
    this.chunks = chunks;
    this.count = count;
    this.rowChunks = rowChunks;
    this.rowChunkCount = rowChunks.length;
    this.sessionChunks = sessionChunks;
    this.sessionChunk = sessionChunks.length;
    this.sessionAt = sessionAt;
    this.rows = ByteBuffer.allocate(0);
    this.texts = ByteBuffer.allocate(0);
    this.sessions = ByteBuffer.allocate(0);
  }

  /** Returns how many rows there are by now. */
  synchronized int count() {
    return count;
  }

  /** Adds an exchange. */
  synchronized void add(Exchange exchange) throws IOException {
    if (texts.remaining() < TEXT_BYTES_A_ROW) {
      texts = grown(texts, texts.capacity());
    }
    RowLayout.write(exchange, rows, texts);
    count++;
    if (!rows.hasRemaining()) {
      flushRows();
    }
  }

  private void flushRows() throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(rows.position() + texts.position());
    chunk.put(rows.flip()).put(texts.flip()).flip();
    if (rowChunkCount == rowChunks.length) {
      rowChunks = Arrays.copyOf(rowChunks, 2 * rowChunkCount);
    }
    rowChunks[rowChunkCount] = chunks.add(chunk);
    rowChunkCount++;
    rows.clear();
    texts.clear();
  }

  /** Adds what is known of a session. */
  synchronized void addSession(int number, byte[] record) throws IOException {
    if (sessions.remaining() < record.length + Integer.BYTES) {
      flushSessions();
      if (sessions.capacity() < record.length + Integer.BYTES) {
        sessions = ByteBuffer.allocate(record.length + Integer.BYTES);
      }
    }
    if (number >= sessionAt.length) {
      sessionAt = Arrays.copyOf(sessionAt, Math.max(number + 1, 2 * sessionAt.length));
    }
    sessionAt[number] = (((long) sessionChunk << 32) | sessions.position()) + 1;
    sessions.putInt(record.length).put(record);
  }

  private void flushSessions() throws IOException {
    if (sessions.position() == 0) {
      return;
    }
    if (sessionChunk == sessionChunks.length) {
      sessionChunks = Arrays.copyOf(sessionChunks, 2 * sessionChunk);
    }
    sessionChunks[sessionChunk] = chunks.add(sessions.flip());
    sessionChunk++;
    sessions.clear();
  }

  /** Hands all to the chunks; nothing is added after. */
  synchronized void finish() throws IOException {
    if (rows.position() > 0) {
      flushRows();
    }
    flushSessions();
  }

  /** Returns in which chunk each run of rows is; after {@link #finish}. */
  synchronized int[] rowChunks() {
    return Arrays.copyOf(rowChunks, rowChunkCount);
  }

  /** Returns in which chunk each run of sessions is; after {@link #finish}. */
  synchronized int[] sessionChunks() {
    return Arrays.copyOf(sessionChunks, sessionChunk);
  }

  /** Returns where each session is; after {@link #finish}. */
  synchronized long[] sessionAt() {
    return sessionAt.clone();
  }

  /** Returns the row of that number alone. */
  Rows row(int number) throws IOException {
    int chunk;
    synchronized (this) {
      if (number < 0 || number >= count) {
        throw new IndexOutOfBoundsException("number=" + number + " count=" + count);
      }
      if (number / ROWS_A_CHUNK >= rowChunkCount) {
        return tail().from(number);
      }
      chunk = rowChunks[number / ROWS_A_CHUNK];
    }
    ByteBuffer row = ByteBuffer.allocate(RowLayout.BYTES);
    chunks.read(chunk, number % ROWS_A_CHUNK * RowLayout.BYTES, row);
    long place = Rows.textsOf(row.flip());
    int textsFrom = (int) (place >>> 32);
    ByteBuffer text = ByteBuffer.allocate((int) place);
    chunks.read(chunk, rowBytes(number / ROWS_A_CHUNK) + textsFrom, text);
    return new Rows(row, text.flip(), textsFrom, number);
  }

  /** Returns the rows from one number on, up to the end of their chunk. */
  Rows rowsFrom(int number) throws IOException {
    int chunk;
    synchronized (this) {
      if (number / ROWS_A_CHUNK >= rowChunkCount) {
        return tail().from(number);
      }
      chunk = rowChunks[number / ROWS_A_CHUNK];
    }
    ByteBuffer whole = ByteBuffer.allocate(chunks.length(chunk));
    chunks.read(chunk, 0, whole);
    whole.flip();
    int rowBytes = rowBytes(number / ROWS_A_CHUNK);
    int skipped = number % ROWS_A_CHUNK * RowLayout.BYTES;
    return new Rows(
        whole.slice(skipped, rowBytes - skipped),
        whole.slice(rowBytes, whole.limit() - rowBytes),
        0,
        number);
  }

  private synchronized int rowBytes(int runOfRows) {
    return Math.min(ROWS_A_CHUNK, count - runOfRows * ROWS_A_CHUNK) * RowLayout.BYTES;
  }

  private record Tail(ByteBuffer rows, ByteBuffer texts, int first) {
    Rows from(int number) {
      int skipped = (number - first) * RowLayout.BYTES;
      return new Rows(rows.slice(skipped, rows.limit() - skipped), texts, 0, number);
    }
  }

  /** Returns a copy of what is not in a chunk yet. */
  private Tail tail() {
    return new Tail(copy(rows), copy(texts), rowChunkCount * ROWS_A_CHUNK);
  }

  /** Returns what is known of a session; null when nothing is yet. */
  byte @Nullable [] session(int number) throws IOException {
    int chunk;
    int offset;
    synchronized (this) {
      long place = number < 0 || number >= sessionAt.length ? 0 : sessionAt[number];
      if (place == 0) {
        return null;
      }
      offset = (int) (place - 1);
      int run = (int) ((place - 1) >>> 32);
      if (run == sessionChunk) {
        byte[] record = new byte[sessions.getInt(offset)];
        sessions.get(offset + Integer.BYTES, record);
        return record;
      }
      chunk = sessionChunks[run];
    }
    ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
    chunks.read(chunk, offset, length);
    int bytes = length.getInt(0);
    if (bytes < 0 || bytes > chunks.length(chunk)) {
      throw new DamagedIndexException();
    }
    ByteBuffer record = ByteBuffer.allocate(bytes);
    chunks.read(chunk, offset + Integer.BYTES, record);
    return record.array();
  }

  private static ByteBuffer copy(ByteBuffer written) {
    ByteBuffer whole = written.duplicate().flip();
    return ByteBuffer.allocate(whole.remaining()).put(whole).flip();
  }

  private static ByteBuffer grown(ByteBuffer buffer, int by) {
    return ByteBuffer.allocate(buffer.capacity() + by).put(buffer.flip());
  }

  @Override
  public void close() throws IOException {
    chunks.close();
  }
}
