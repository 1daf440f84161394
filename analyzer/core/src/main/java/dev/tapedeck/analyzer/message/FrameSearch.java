// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.message;

import dev.tapedeck.format.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Finds where WebSocket frames begin in bytes of which nothing is known, by following every chain
 * of headers that may be one.
 *
 * <p>Nothing but bytes counts, so that any split of them gives the same result. A chain is believed
 * when what speaks for it, in bits, reaches {@value #NEEDED_BITS}: about what it takes for random
 * bytes, or bytes of other things, not to look like it in any capture.
 *
 * <table>
 *   <caption>What speaks for a chain</caption>
 *   <tr><td>a header with FIN and payload</td><td>{@value #HEADER_BITS} bits</td></tr>
 *   <tr><td>one without payload, a short one without FIN</td><td>{@value #WEAK_HEADER_BITS}</td></tr>
 *   <tr><td>one without FIN and mask: zeros and small numbers look like it</td><td>0</td></tr>
 *   <tr><td>text that is UTF-8 behind its mask</td><td>half a bit for each byte, up to {@value
 *       #MAX_TEXT_BITS}</td></tr>
 *   <tr><td>it begins right behind a gap, where calls begin</td><td>{@value #START_BITS}</td></tr>
 *   <tr><td>it ends where the stream ends</td><td>{@value #END_BITS}</td></tr>
 * </table>
 *
 * <p>A chain may begin with bytes that by chance lead to its first true frame, so the first frame
 * is only believed with {@value #LEAD_BITS} bits of its own.
 *
 * <p><b>Limits:</b> {@value #MAX_HELD_BYTES} bytes are held, then the oldest belong to nothing.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class FrameSearch {
  static final int NEEDED_BITS = 32;
  static final int HEADER_BITS = 6;
  static final int WEAK_HEADER_BITS = 2;
  static final int MAX_TEXT_BITS = 12;
  static final int START_BITS = 12;
  static final int END_BITS = 8;
  static final int LEAD_BITS = 14;
  static final int MAX_HELD_BYTES = 1 << 17;

  private static final int MIN_HEADER_BYTES = 2;
  private static final int MAX_CHAINS = 4096;
  private static final int MIN_FRAGMENT_BYTES = 126;
  private static final int MAX_SILENT_HEADERS = 4;
  private static final int MAX_TEXT_BYTES = MAX_HELD_BYTES / 4;
  private static final long MAX_PAYLOAD_BYTES = 1L << 32;

  private final boolean masked;
  private final DeflateParameters extensions;
  private final ArrayDeque<Run> runs = new ArrayDeque<>();
  private final PriorityQueue<Chain> chains =
      new PriorityQueue<>(
          Comparator.comparingLong((Chain chain) -> chain.wake)
              .thenComparingLong(chain -> chain.start));
  private byte[] window = new byte[0];
  private int length;

  /** Bytes since the restart that are not in the window any more; offsets count from there. */
  private long base;

  private long tested;
  private boolean behindGap = true;
  private long skipped;

  /** Searches for frames of a sender that masks, or not. */
  FrameSearch(boolean masked, DeflateParameters extensions) {
    this.masked = masked;
    this.extensions = extensions;
  }

  /** Bytes that came together. */
  record Run(Bytes bytes, long position, long startNanos, long endNanos) {}

  /** Headers that follow one another; offsets count from the restart. */
  private static final class Chain {
    private final long start;
    private final List<Long> starts = new ArrayList<>(4);
    private long next;

    /** How many bytes must have come before it goes on. */
    private long wake;

    /** The header at {@link #next}, whose payload is being waited for. */
    private @Nullable FrameHeader pending;

    private int bits;
    private int leadBits;
    private int silentHeaders;
    private boolean fragmented;
    private boolean fragmentKnown;

    Chain(long start, int startBits) {
      this.start = start;
      next = start;
      wake = start + MIN_HEADER_BYTES;
      bits = startBits;
    }
  }

  /**
   * Returns whether a header in a place where one is expected can be one at all: lengths and
   * opcodes that no sender writes mean that something else is going on.
   */
  static boolean isPossible(FrameHeader header, DeflateParameters extensions) {
    int unexplained =
        header.reserved()
            & ~(extensions.mayDeflate() ? FrameHeader.RSV1 : 0)
            & ~(extensions.mayReserve() ? 7 : 0);
    return header.payloadBytes() >= 0
        && (unexplained == 0 || header.isKnownOpcode())
        && (header.isKnownOpcode() || header.reserved() == 0)
        && header.payloadBytes() < MAX_PAYLOAD_BYTES;
  }

  /** Forgets what is held. */
  void restart(boolean atGap) {
    runs.clear();
    chains.clear();
    length = 0;
    base = 0;
    tested = 0;
    behindGap = atGap;
  }

  /** Returns how many bytes are held or were dropped since the restart. */
  long heldBytes() {
    return base + length;
  }

  /** Returns how many bytes are held. */
  int keptBytes() {
    return length;
  }

  /** Takes bytes in; returns whether frames were found. */
  boolean add(Run run) {
    int done = 0;
    int count = run.bytes().length();
    while (done < count) {
      int part = Math.min(count - done, MAX_HELD_BYTES / 2);
      hold(part(run, done, done + part));
      done += part;
      if (search()) {
        if (done < count) {
          runs.add(part(run, done, count));
        }
        return true;
      }
    }
    return false;
  }

  private static Run part(Run run, int from, int to) {
    return new Run(
        run.bytes().slice(from, to), run.position() + from, run.startNanos(), run.endNanos());
  }

  private void hold(Run run) {
    int count = run.bytes().length();
    if (length + count > MAX_HELD_BYTES) {
      int dropped = length + count - MAX_HELD_BYTES;
      System.arraycopy(window, dropped, window, 0, length - dropped);
      length -= dropped;
      base += dropped;
      dropRuns(dropped);
    }
    if (length + count > window.length) {
      int roomy = Math.min(window.length * 2, MAX_HELD_BYTES);
      window = Arrays.copyOf(window, Math.max(length + count, roomy));
    }
    run.bytes().copyTo(0, window, length, count);
    length += count;
    runs.add(run);
  }

  private void dropRuns(long count) {
    long left = count;
    while (left > 0) {
      Run first = runs.removeFirst();
      int size = first.bytes().length();
      if (size > left) {
        runs.addFirst(part(first, (int) left, size));
      }
      left -= Math.min(left, size);
    }
  }

  /**
   * Goes through the bytes in their order, as if they came one by one, so that splits change
   * nothing; returns whether a chain is believed.
   */
  private boolean search() {
    while (true) {
      long now = tested + MIN_HEADER_BYTES;
      Chain chain = chains.peek();
      if (chain != null && chain.wake <= now) {
        if (chain.wake > heldBytes()) {
          return false;
        }
        chains.remove();
      } else {
        if (now > heldBytes()) {
          return false;
        }
        chain = begin(tested++);
      }
      if (chain != null && isAlive(chain) && follow(chain)) {
        return true;
      }
    }
  }

  /** Returns a chain that may begin there, null when the first two bytes speak against it. */
  private @Nullable Chain begin(long start) {
    int at = (int) (start - base);
    boolean isMasked = window[at + 1] < 0;
    int opcode = window[at] & 15;
    if (isMasked != masked || (opcode > FrameHeader.BINARY && opcode < FrameHeader.CLOSE)) {
      return null;
    }
    return new Chain(start, start == 0 && behindGap ? START_BITS : 0);
  }

  /** A text that waits for its end is held for so long only. */
  private boolean isAlive(Chain chain) {
    return chain.pending != null || chain.next >= base;
  }

  /** Takes a chain one step on and keeps it; returns whether it is believed now. */
  private boolean follow(Chain chain) {
    int at = (int) (chain.next - base);
    int end = (int) (chain.wake - base);
    FrameHeader header = chain.pending;
    int bits = 0;
    if (header == null) {
      header = FrameHeader.read(window, at, end);
      if (header == null) {
        keep(chain, chain.next + FrameHeader.lengthOf(window[at + 1]));
        return false;
      }
      if (!isStrict(header) || !fits(chain, header)) {
        return false;
      }
      if (isText(header) && header.payloadBytes() <= MAX_TEXT_BYTES) {
        // Its text may speak against it.
        chain.pending = header;
        keep(chain, chain.next + header.headerBytes() + header.payloadBytes());
        return false;
      }
    } else {
      bits = textBits(header, at + header.headerBytes());
      if (bits < 0) {
        return false;
      }
    }
    return add(chain, header, bits + bits(header));
  }

  private boolean add(Chain chain, FrameHeader header, int bits) {
    chain.silentHeaders = bits == 0 ? chain.silentHeaders + 1 : 0;
    if (chain.silentHeaders > MAX_SILENT_HEADERS || (bits == 0 && chain.bits == 0)) {
      return false;
    }
    chain.bits += bits;
    if (chain.starts.isEmpty()) {
      chain.leadBits = chain.bits;
    }
    chain.starts.add(chain.next);
    chain.next += header.headerBytes() + header.payloadBytes();
    chain.pending = null;
    if (!header.isControl()) {
      chain.fragmentKnown = true;
      chain.fragmented = !header.fin();
    }
    if (chain.bits >= NEEDED_BITS) {
      accept(chain, chain.wake);
      return true;
    }
    keep(chain, chain.next + MIN_HEADER_BYTES);
    return false;
  }

  private void keep(Chain chain, long wake) {
    if (chains.size() < MAX_CHAINS) {
      chain.wake = wake;
      chains.add(chain);
    }
  }

  private boolean isStrict(FrameHeader header) {
    boolean data = header.opcode() == FrameHeader.TEXT || header.opcode() == FrameHeader.BINARY;
    int allowed = data && extensions.mayDeflate() ? FrameHeader.RSV1 : 0;
    return header.masked() == masked
        && header.isKnownOpcode()
        && (header.reserved() & ~allowed) == 0
        && !header.isLengthPadded()
        && header.payloadBytes() >= 0
        && header.payloadBytes() < MAX_PAYLOAD_BYTES
        && (!header.isControl()
            || (header.fin() && header.payloadBytes() <= FrameHeader.MAX_CONTROL_BYTES))
        && (header.opcode() != FrameHeader.CLOSE || header.payloadBytes() != 1);
  }

  /** A message goes on until its last frame, with control frames between only. */
  private static boolean fits(Chain chain, FrameHeader header) {
    return header.isControl()
        || !chain.fragmentKnown
        || chain.fragmented == (header.opcode() == FrameHeader.CONTINUATION);
  }

  private static int bits(FrameHeader header) {
    if (header.payloadBytes() == 0) {
      return header.fin() ? WEAK_HEADER_BITS : 0;
    }
    if (header.fin() || header.payloadBytes() >= MIN_FRAGMENT_BYTES) {
      return HEADER_BITS;
    }
    return header.masked() ? WEAK_HEADER_BITS : 0;
  }

  private static boolean isText(FrameHeader header) {
    return header.opcode() == FrameHeader.TEXT && header.fin() && header.reserved() == 0;
  }

  /** Returns what a text payload says, −1 when it is no UTF-8. */
  private int textBits(FrameHeader header, int from) {
    int count = (int) header.payloadBytes();
    byte[] text = Arrays.copyOfRange(window, from, from + count);
    if (header.masked()) {
      for (int i = 0; i < count; i++) {
        text[i] ^= (byte) (header.maskKey() >> (24 - 8 * (i & 3)));
      }
    }
    if (!Utf8.isValid(ByteBuffer.wrap(text))) {
      return -1;
    }
    // Text without a mask may stand in anything that is text.
    return header.masked() ? Math.min(MAX_TEXT_BITS, count / 2) : 0;
  }

  /** What lies before the first frame that is believed, and not too far back, is of nothing. */
  private void accept(Chain chain, long now) {
    long start = chain.next;
    for (int i = chain.starts.size() - 1; i >= 0; i--) {
      boolean near = chain.starts.get(i) >= now - MAX_TEXT_BYTES - FrameHeader.MAX_HEADER_BYTES;
      if (near && (i > 0 || chain.leadBits >= LEAD_BITS)) {
        start = chain.starts.get(i);
      }
    }
    skipped = Math.min(start, heldBytes());
    dropRuns(skipped - base);
  }

  /** Says that nothing follows; returns whether frames were found after all. */
  boolean end() {
    Chain first = null;
    for (Chain chain : chains) {
      boolean fits = chain.next == heldBytes() && chain.bits + END_BITS >= NEEDED_BITS;
      if (fits && (first == null || chain.start < first.start)) {
        first = chain;
      }
    }
    if (first != null) {
      accept(first, heldBytes());
    }
    return first != null;
  }

  /** Returns how many bytes came before the frames that were found. */
  long skippedBytes() {
    return skipped;
  }

  /** Copies what is held out of the runs that it came in. */
  void detach() {
    for (int i = runs.size(); i > 0; i--) {
      Run run = runs.removeFirst();
      runs.addLast(
          new Run(run.bytes().detached(), run.position(), run.startNanos(), run.endNanos()));
    }
  }

  /** Returns the bytes from the first frame on, and forgets them. */
  Queue<Run> take() {
    Queue<Run> taken = new ArrayDeque<>(runs);
    restart(false);
    return taken;
  }
}
