// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.format.Bytes;
import java.util.Arrays;

/**
 * Reads a chunked body (RFC 9112, section 7.1), whose bytes may come in any pieces and with gaps.
 *
 * <pre>
 * state      input            next
 * SIZE       digits, blanks   SIZE
 * SIZE       ';' or other     EXTENSION
 * SIZE, EXT  LF               DATA, or TRAILER after a size of 0
 * DATA       bytes            DATA, DATA_END after the last
 * DATA_END   CR LF            SIZE
 * TRAILER    lines            done after an empty one
 * </pre>
 *
 * <p><b>Threads:</b> confined to one.
 */
final class ChunkedBody {
  /** How far the body is. */
  enum Progress {
    MORE,
    DONE,
    /** What came is no chunked coding; {@link #wholeChunks()} says whether it was before. */
    BROKEN
  }

  private enum State {
    SIZE,
    EXTENSION,
    DATA,
    DATA_END,
    TRAILER
  }

  private static final long MAX_SIZE = 1L << 59;

  private final int maxLineBytes;
  private final LineScanner scanner = new LineScanner();
  private final HeadFacts ignoredFacts = new HeadFacts();
  private byte[] trailer = new byte[0];
  private int trailerLength;
  private State state = State.SIZE;
  private Progress progress = Progress.MORE;
  private long size;
  private int digits;
  private int lineBytes;
  private boolean blankAfterDigits;
  private boolean sawCarriageReturn;
  private boolean sawSign;
  private boolean strict;
  private long wholeChunks;

  ChunkedBody(int maxLineBytes) {
    this.maxLineBytes = maxLineBytes;
  }

  /**
   * Begins a body.
   *
   * @param inDoubt whether the first chunk must be beyond doubt
   */
  void begin(boolean inDoubt) {
    strict = inDoubt;
    wholeChunks = 0;
    progress = Progress.MORE;
    beginSize();
  }

  private void beginSize() {
    state = State.SIZE;
    size = 0;
    digits = 0;
    lineBytes = 0;
    blankAfterDigits = false;
    sawCarriageReturn = false;
    sawSign = false;
  }

  Progress progress() {
    return progress;
  }

  /** Returns how many chunk sizes were read. */
  long wholeChunks() {
    return wholeChunks;
  }

  /**
   * Takes bytes in; data goes to the message's wire bytes.
   *
   * @param source whose array the indexes are of
   * @return index of the first byte that was not taken
   */
  int feed(Bytes source, int from, int end, ParsedMessage message, FieldReader fields) {
    byte[] array = source.sharedArray();
    int base = source.sharedOffset();
    int at = from;
    while (at < end && progress == Progress.MORE) {
      switch (state) {
        case SIZE -> at = size(array, at, end, message);
        case EXTENSION -> at = extension(array, at, end, message);
        case DATA -> {
          int count = (int) Math.min(size, end - at);
          message.wire.add(source, at - base, at - base + count);
          size -= count;
          at += count;
          if (size == 0) {
            endData();
          }
        }
        case DATA_END -> at = dataEnd(array, at, message);
        case TRAILER -> at = trailer(array, at, end, message, fields);
      }
    }
    return at;
  }

  private void endData() {
    state = State.DATA_END;
    sawCarriageReturn = false;
  }

  /** Returns whether the body can be followed on behind so many missing bytes. */
  boolean gap(long lengthBytes) {
    if (state != State.DATA || lengthBytes < 0 || lengthBytes > size) {
      return false;
    }
    size -= lengthBytes;
    if (size == 0) {
      endData();
    }
    return true;
  }

  private int size(byte[] array, int from, int end, ParsedMessage message) {
    int at = from;
    while (at < end) {
      byte b = array[at];
      int digit = ByteScan.hexDigit(b);
      if (digit >= 0 && !blankAfterDigits && !sawCarriageReturn) {
        at++;
        size = (size << 4) | digit;
        digits++;
        if (size > MAX_SIZE) {
          return broken(at, message, "size overflow");
        }
      } else if (digits == 0) {
        if (strict || !(ByteScan.isPadding(b) || b == '+') || sawSign) {
          return broken(at, message, "no size");
        }
        message.anomaly(AnomalyKind.CHUNK_SYNTAX, b == '+' ? "sign" : "space before size");
        sawSign = b == '+';
        at++;
      } else if (b == '\r' && !sawCarriageReturn) {
        sawCarriageReturn = true;
        at++;
      } else if (b == '\n') {
        if (!sawCarriageReturn) {
          message.anomaly(AnomalyKind.CHUNK_SYNTAX, "LF alone after size");
        }
        return endSize(at + 1);
      } else if (ByteScan.isBlank(b) && !sawCarriageReturn) {
        blankAfterDigits = true;
        at++;
      } else if ((b == 'x' || b == 'X')
          && size == 0
          && digits == 1
          && !blankAfterDigits
          && !strict) {
        // As C's strtol reads it; 0x alone is a size of 0 all the same.
        message.anomaly(AnomalyKind.CHUNK_SYNTAX, "0x before size");
        at++;
      } else {
        if (b != ';') {
          if (strict && wholeChunks == 0) {
            return broken(at, message, "bytes after size");
          }
          message.anomaly(AnomalyKind.CHUNK_SYNTAX, "bytes after size");
        }
        state = State.EXTENSION;
        return at;
      }
      if (++lineBytes > maxLineBytes) {
        return broken(at, message, "long size line");
      }
    }
    return at;
  }

  private int extension(byte[] array, int from, int end, ParsedMessage message) {
    int found = ByteScan.indexOfLineFeed(array, from, end);
    int to = found < 0 ? end : found + 1;
    lineBytes += to - from;
    if (lineBytes > maxLineBytes) {
      return broken(to, message, "long size line");
    }
    return found < 0 ? to : endSize(to);
  }

  private int endSize(int at) {
    wholeChunks++;
    if (size > 0) {
      state = State.DATA;
    } else {
      state = State.TRAILER;
      trailerLength = 0;
      scanner.reset();
    }
    return at;
  }

  private int dataEnd(byte[] array, int at, ParsedMessage message) {
    byte b = array[at];
    if (b == '\r' && !sawCarriageReturn) {
      sawCarriageReturn = true;
      return at + 1;
    }
    if (b == '\n') {
      if (!sawCarriageReturn) {
        message.anomaly(AnomalyKind.CHUNK_SYNTAX, "LF alone after data");
      }
      beginSize();
      return at + 1;
    }
    if (ByteScan.hexDigit(b) < 0) {
      return broken(at, message, "no line end after data");
    }
    message.anomaly(AnomalyKind.CHUNK_SYNTAX, "no line end after data");
    beginSize();
    return at;
  }

  private int trailer(byte[] array, int from, int end, ParsedMessage message, FieldReader fields) {
    if (trailerLength == 0 && end - from >= 2 && array[from] == '\r' && array[from + 1] == '\n') {
      progress = Progress.DONE;
      return from + 2;
    }
    int found = ByteScan.indexOfLineFeed(array, from, end);
    int to = found < 0 ? end : found + 1;
    if (trailerLength > maxLineBytes - (to - from)) {
      message.anomaly(AnomalyKind.LIMIT, "trailers");
      progress = Progress.BROKEN;
      return to;
    }
    append(array, from, to);
    if (found < 0) {
      return to;
    }
    scanner.next(trailer, 0, trailerLength);
    if (scanner.lastIsEmpty(trailer, 0)) {
      if (scanner.lines() > 1) {
        ignoredFacts.clear();
        Bytes section = Bytes.copyOf(Arrays.copyOf(trailer, trailerLength));
        message.trailers =
            fields.read(
                section, trailer, 0, scanner, 0, scanner.lines() - 1, message, ignoredFacts);
      }
      progress = Progress.DONE;
    }
    return to;
  }

  private void append(byte[] array, int from, int to) {
    int needed = trailerLength + to - from;
    if (needed > trailer.length) {
      trailer = Arrays.copyOf(trailer, Math.max(needed, trailer.length * 2));
    }
    System.arraycopy(array, from, trailer, trailerLength, to - from);
    trailerLength = needed;
  }

  private int broken(int at, ParsedMessage message, String detail) {
    if (!strict) {
      message.anomaly(AnomalyKind.CHUNK_SYNTAX, detail);
    }
    progress = Progress.BROKEN;
    return at;
  }
}
