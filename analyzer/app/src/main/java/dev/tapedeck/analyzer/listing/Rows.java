// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.listing;

import dev.tapedeck.analyzer.Completeness;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Some rows that follow each other.
 *
 * <p><b>Units:</b> as in {@link RowLayout}; {@code i} counts from the first of these rows.
 *
 * <p><b>Threads:</b> immutable.
 */
public final class Rows {
  private final ByteBuffer rows;
  private final ByteBuffer texts;
  private final int textsFrom;
  private final int first;
  private final int count;

  /**
   * Takes rows.
   *
   * @param first number of the first one in the listing
   * @param textsFrom which place of the chunk's texts {@code texts} begins at
   */
  Rows(ByteBuffer rows, ByteBuffer texts, int textsFrom, int first) {
    this.rows = rows;
    this.texts = texts;
    this.textsFrom = textsFrom;
    this.first = first;
    this.count = rows.limit() / RowLayout.BYTES;
  }

  /** Returns how many there are. */
  public int count() {
    return count;
  }

  /** Returns the number of the first one in its listing. */
  public int first() {
    return first;
  }

  public long startedEpochNanos(int i) {
    return rows.getLong(at(i) + RowLayout.STARTED);
  }

  public long durationNanos(int i) {
    return rows.getLong(at(i) + RowLayout.DURATION);
  }

  /** Returns nanoseconds from the start to the answer's first byte; −1 when not known. */
  public long firstByteNanos(int i) {
    return rows.getLong(at(i) + RowLayout.FIRST_BYTE);
  }

  public int session(int i) {
    return rows.getInt(at(i) + RowLayout.SESSION);
  }

  /** Returns the 0-based place in the session. */
  public int index(int i) {
    return rows.getInt(at(i) + RowLayout.INDEX);
  }

  /** Returns the id as on the command line, such as {@code 12.3}. */
  public String id(int i) {
    return session(i) + "." + (index(i) + 1);
  }

  /** Returns the HTTP/2 stream; −1 for none. */
  public int stream(int i) {
    return rows.getInt(at(i) + RowLayout.STREAM);
  }

  /** Returns the status; 0 when there is none. */
  public int status(int i) {
    return rows.getShort(at(i) + RowLayout.STATUS) & 0xffff;
  }

  public Completeness completeness(int i) {
    int value = rows.get(at(i) + RowLayout.COMPLETENESS);
    return RowLayout.COMPLETENESS_BY_NUMBER.get(
        Math.floorMod(value, RowLayout.COMPLETENESS_BY_NUMBER.size()));
  }

  public boolean isHttps(int i) {
    return has(i, RowLayout.HTTPS);
  }

  public boolean isClient(int i) {
    return has(i, RowLayout.CLIENT);
  }

  public boolean isPipelined(int i) {
    return has(i, RowLayout.PIPELINED);
  }

  public boolean hasRequest(int i) {
    return has(i, RowLayout.HAS_REQUEST);
  }

  public boolean hasResponse(int i) {
    return has(i, RowLayout.HAS_RESPONSE);
  }

  /** Returns whether it is not complete or has anomalies. */
  public boolean isOdd(int i) {
    return has(i, RowLayout.ODD);
  }

  /** Returns whether it is the inner leg of another request. */
  public boolean isLeg(int i) {
    return has(i, RowLayout.LEG);
  }

  /** Returns how many messages it carries inside itself. */
  public int messages(int i) {
    return rows.getInt(at(i) + RowLayout.MESSAGES);
  }

  /** Returns whether the request's body has content codings. */
  boolean isRequestCoded(int i) {
    return (rows.get(at(i) + RowLayout.MORE_FLAGS) & RowLayout.REQUEST_CODED) != 0;
  }

  /** Returns whether the answer's body has content codings. */
  boolean isResponseCoded(int i) {
    return (rows.get(at(i) + RowLayout.MORE_FLAGS) & RowLayout.RESPONSE_CODED) != 0;
  }

  /** Returns whether a text is known. */
  boolean has(int i, RowLayout.Text text) {
    return lengthWord(rows, at(i), text.place()) != RowLayout.NO_TEXT;
  }

  /** Returns whether {@link #text} has a text as it was recorded. */
  boolean isWhole(int i, RowLayout.Text text) {
    return (lengthWord(rows, at(i), text.place()) & RowLayout.NOT_WHOLE) == 0;
  }

  /** Returns gRPC's status; −1 for none. */
  public int grpcStatus(int i) {
    return rows.getShort(at(i) + RowLayout.GRPC);
  }

  /** Returns the bytes of the request's body before content decoding; −1 without request. */
  public long requestBytes(int i) {
    return rows.getLong(at(i) + RowLayout.REQUEST_BYTES);
  }

  /** Returns the bytes of the answer's body before content decoding; −1 without answer. */
  public long responseBytes(int i) {
    return rows.getLong(at(i) + RowLayout.RESPONSE_BYTES);
  }

  long requestFrom(int i) {
    return rows.getLong(at(i) + RowLayout.REQUEST_FROM);
  }

  long requestTo(int i) {
    return rows.getLong(at(i) + RowLayout.REQUEST_TO);
  }

  long responseFrom(int i) {
    return rows.getLong(at(i) + RowLayout.RESPONSE_FROM);
  }

  long responseTo(int i) {
    return rows.getLong(at(i) + RowLayout.RESPONSE_TO);
  }

  public String method(int i) {
    return text(i, RowLayout.Text.METHOD);
  }

  public String authority(int i) {
    return text(i, RowLayout.Text.AUTHORITY);
  }

  /** Returns the target, cut when it is very long. */
  public String target(int i) {
    return text(i, RowLayout.Text.TARGET);
  }

  public String contentType(int i) {
    return text(i, RowLayout.Text.CONTENT_TYPE);
  }

  public String protocol(int i) {
    return text(i, RowLayout.Text.PROTOCOL);
  }

  public String process(int i) {
    return text(i, RowLayout.Text.PROCESS);
  }

  /** Returns where a row's texts begin, and how many bytes they have. */
  static long textsOf(ByteBuffer row) {
    int length = 0;
    for (RowLayout.Text text : RowLayout.Text.values()) {
      length += length(row, 0, text.place());
    }
    return ((long) row.getInt(RowLayout.TEXTS) << 32) | length;
  }

  private boolean has(int i, int flag) {
    return (rows.get(at(i) + RowLayout.FLAGS) & flag) != 0;
  }

  private static int length(ByteBuffer rows, int at, int place) {
    int length = lengthWord(rows, at, place);
    return length == RowLayout.NO_TEXT ? 0 : length & ~RowLayout.NOT_WHOLE;
  }

  private static int lengthWord(ByteBuffer rows, int at, int place) {
    return rows.getShort(at + RowLayout.TEXT_LENGTHS + 2 * place) & 0xffff;
  }

  String text(int i, RowLayout.Text wanted) {
    int at = at(i);
    int from = rows.getInt(at + RowLayout.TEXTS) - textsFrom;
    for (RowLayout.Text text : RowLayout.Text.values()) {
      int length = length(rows, at, text.place());
      if (text == wanted) {
        byte[] bytes = new byte[length];
        texts.get(from, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
      }
      from += length;
    }
    throw new IllegalArgumentException("text=" + wanted);
  }

  private int at(int i) {
    if (i < 0 || i >= count) {
      throw new IndexOutOfBoundsException("i=" + i + " count=" + count);
    }
    return i * RowLayout.BYTES;
  }
}
