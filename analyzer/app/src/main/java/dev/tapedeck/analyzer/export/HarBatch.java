// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.redact.ExchangeMasker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges that follow one another, masked and laid out as entries of an archive by one thread.
 *
 * <p>What does not fit, such as a body that is much longer decoded, is left to {@link #writeTo}.
 *
 * <p><b>Lifecycle:</b> {@link #add}, {@link #call}, {@link #writeTo}. <b>Threads:</b> confined to
 * one at a time.
 */
final class HarBatch implements Callable<HarBatch> {
  /** A batch is full that has so many bytes of bodies and messages, or exchanges. */
  private static final long FULL_BYTES = 1 << 18;

  private static final int FULL_EXCHANGES = 128;

  /** Larger texts are not held. */
  private static final int MAX_TEXT_BYTES = 1 << 22;

  private final ExchangeMasker masker;
  private final boolean first;
  private final Deque<Item> left = new ArrayDeque<>();
  private final Text text = new Text();
  private long bytes;
  private int entryBytes;
  private boolean begun;

  private record Item(CaptureRef capture, Exchange exchange) {}

  /** What was laid out. */
  private static final class Text extends ByteArrayOutputStream {
    Text() {
      super((int) (2 * FULL_BYTES));
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      if (count + length > MAX_TEXT_BYTES) {
        throw new FullException();
      }
      super.write(bytes, offset, length);
    }

    void writeTo(OutputStream out, int length) throws IOException {
      out.write(buf, 0, length);
    }
  }

  /** There is no room for more text. */
  private static final class FullException extends RuntimeException {
    private static final long serialVersionUID = 1;

    FullException() {
      super("full", null, false, false);
    }
  }

  /**
   * Makes an empty batch.
   *
   * @param first whether no entry stands before it
   */
  HarBatch(ExchangeMasker masker, boolean first) {
    this.masker = masker;
    this.first = first;
  }

  /** Adds an exchange that has a request. */
  void add(CaptureRef capture, Exchange exchange) {
    left.addLast(new Item(capture, exchange));
    bytes += bytes(exchange.request()) + bytes(exchange.response());
    for (StreamMessage message : exchange.messages()) {
      bytes += message.payload().length();
    }
  }

  private static long bytes(@Nullable HttpMessage message) {
    return message == null ? 0 : message.body().wire().length();
  }

  boolean isEmpty() {
    return left.isEmpty();
  }

  boolean isFull() {
    return bytes >= FULL_BYTES || left.size() >= FULL_EXCHANGES;
  }

  /** Lays out as many entries as there is room for. */
  @Override
  public HarBatch call() throws IOException {
    if (bytes > MAX_TEXT_BYTES) {
      return this;
    }
    try (HarFrame frame = HarFrame.amid(first, text)) {
      HarEntry entry = new HarEntry(frame.json(), masker);
      while (!left.isEmpty()) {
        write(frame, entry);
        entryBytes = text.size();
        begun = true;
        left.removeFirst();
      }
    } catch (FullException e) {
      // The entry that does not fit is written when its turn comes.
      return this;
    }
    return this;
  }

  private void write(HarFrame frame, HarEntry entry) throws IOException {
    Item item = left.getFirst();
    Json.write(
        () -> {
          entry.write(item.capture(), item.exchange());
          frame.json().flush();
        });
  }

  /** Writes all entries. */
  void writeTo(OutputStream out) throws IOException {
    text.writeTo(out, entryBytes);
    if (!left.isEmpty()) {
      try (HarFrame frame = HarFrame.amid(first && !begun, out)) {
        HarEntry entry = new HarEntry(frame.json(), masker);
        for (; !left.isEmpty(); left.removeFirst()) {
          write(frame, entry);
        }
      }
    }
  }
}
