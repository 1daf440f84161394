// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.message;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses the messages of one sender (RFC 7692, section 7.2.2).
 *
 * <p>A sender that keeps its window refers to what it sent in earlier messages. When one of these
 * is lost the window begins anew, empty: what refers to bytes that are not in it fails, and all
 * else is certain, because distances count back from the newest byte.
 *
 * <p><b>Lifecycle:</b> {@link #begin}, {@link #add} for the parts of a message, {@link #finish};
 * {@link #close} once. <b>Threads:</b> confined to one.
 */
final class MessageInflater implements AutoCloseable {
  private static final int WINDOW_BYTES = 32 << 10;
  private static final int BUFFER_BYTES = 8 << 10;

  /** What a sender leaves out at a message's end. */
  private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};

  private final boolean keepsWindow;
  private final long maxDecodedBytes;
  private final Inflater inflater = new Inflater(true);
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final byte[] history = new byte[WINDOW_BYTES];
  private int historyLength;
  private long decodedBytes;
  private boolean windowLost;
  private Outcome outcome = Outcome.FINE;

  /** How the message that is open fares. */
  enum Outcome {
    FINE,
    /** It refers to messages that were lost. */
    WINDOW_LOST,
    /** It is no deflate data. */
    DAMAGED,
    /** It grows beyond the bound. */
    LIMIT
  }

  /** Makes one; {@code windowLost} when earlier messages were not captured. */
  MessageInflater(boolean keepsWindow, boolean windowLost, long maxDecodedBytes) {
    this.keepsWindow = keepsWindow;
    this.windowLost = windowLost;
    this.maxDecodedBytes = maxDecodedBytes;
  }

  /** Begins a message. */
  void begin() {
    outcome = Outcome.FINE;
    decodedBytes = 0;
    if (!keepsWindow) {
      reset();
      windowLost = false;
    }
  }

  /** Says that compressed bytes are missing: what follows cannot refer to anything before. */
  void lose() {
    reset();
    windowLost = true;
  }

  private void reset() {
    inflater.reset();
    historyLength = 0;
  }

  /** Decompresses a part; nothing more comes out once the message failed. */
  void add(byte[] array, int offset, int length, PayloadBuffer target) {
    if (outcome == Outcome.FINE) {
      inflate(array, offset, length, target);
    }
  }

  /** Ends the message and says how it fared. */
  Outcome finish(PayloadBuffer target) {
    if (outcome == Outcome.FINE) {
      inflate(TAIL, 0, TAIL.length, target);
    }
    return outcome;
  }

  private void inflate(byte[] array, int offset, int length, PayloadBuffer target) {
    inflater.setInput(array, offset, length);
    long before = inflater.getBytesWritten();
    try {
      while (true) {
        before = inflater.getBytesWritten();
        int count = inflater.inflate(buffer);
        if (count > 0) {
          int taken = (int) Math.min(count, maxDecodedBytes - decodedBytes);
          target.add(buffer, 0, taken);
          remember(count);
          decodedBytes += taken;
          if (taken < count) {
            fail(Outcome.LIMIT);
            return;
          }
        } else if (inflater.finished() && inflater.getRemaining() > 0) {
          goOnBehindFinalBlock(array, offset + length);
        } else {
          return;
        }
      }
    } catch (DataFormatException e) {
      // The message says so: its content up to here stands, also what the last call wrote.
      target.add(buffer, 0, (int) (inflater.getBytesWritten() - before));
      fail(windowLost ? Outcome.WINDOW_LOST : Outcome.DAMAGED);
    }
  }

  /** A final block ends the data, not the window (RFC 7692, section 7.2.3.4). */
  private void goOnBehindFinalBlock(byte[] array, int end) {
    int remaining = inflater.getRemaining();
    inflater.reset();
    if (historyLength > 0) {
      inflater.setDictionary(history, 0, historyLength);
    }
    inflater.setInput(array, end - remaining, remaining);
  }

  private void remember(int count) {
    int kept = Math.min(historyLength, WINDOW_BYTES - count);
    System.arraycopy(history, historyLength - kept, history, 0, kept);
    System.arraycopy(buffer, 0, history, kept, count);
    historyLength = kept + count;
  }

  private void fail(Outcome how) {
    outcome = how;
    lose();
  }

  @Override
  public void close() {
    inflater.end();
  }
}
