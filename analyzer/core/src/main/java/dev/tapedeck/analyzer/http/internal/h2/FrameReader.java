// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h2;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.http.internal.h1.RopeBuilder;
import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Bytes;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * Reads the frames of one direction of an HTTP/2 connection from bytes, gaps and an end.
 *
 * <p>Sans-IO: any split of the same bytes gives the same frames.
 *
 * <pre>
 * state     bytes                        gap in the payload     any other gap
 * PREFACE   the client's 24 bytes        -                      SEARCH
 * HEADER    until 9 are there            -                      SEARCH
 * PAYLOAD   until the length is there    counted                counted, then SEARCH
 * SEARCH    until frames are found       -                      search anew
 * </pre>
 *
 * <p><b>Lifecycle:</b> {@link #feed} and {@link #gap} in any order, then {@link #end}.
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> frames keep views of the runs.
 */
public final class FrameReader {
  /** What the client sends first (RFC 9113, section 3.4). */
  public static final Bytes PREFACE = Bytes.latin1("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

  private enum State {
    PREFACE,
    HEADER,
    PAYLOAD,
    SEARCH,
    ENDED
  }

  /** Frames behind a gap that must be what senders write before any is believed. */
  private static final int PROBATION = 16;

  private final FrameSink sink;
  private final boolean request;
  private final IntSupplier newestStream;
  private final FrameSearch search;
  private final byte[] header = new byte[Frame.HEADER_BYTES];
  private final RopeBuilder raw = new RopeBuilder();
  private final RopeBuilder payload = new RopeBuilder();
  private State state;
  private int headerLength;
  private int remaining;
  private int payloadBytes;
  private int intactBytes;
  private int missingBytes;
  private boolean capped;
  private long framePosition;
  private long firstNanos;
  private long lastNanos;
  private long prefaceBytes;
  private long strayBytes;
  private int probation;

  /**
   * Makes a reader.
   *
   * @param request whether the direction goes to the server
   * @param fromStart whether the first byte is the connection's first
   * @param newestStream returns the largest stream number that was seen, 0 for none
   */
  public FrameReader(FrameSink sink, boolean request, boolean fromStart, IntSupplier newestStream) {
    this.sink = sink;
    this.request = request;
    this.newestStream = newestStream;
    this.search = new FrameSearch(request, newestStream);
    if (fromStart) {
      state = request ? State.PREFACE : State.HEADER;
    } else {
      state = State.SEARCH;
    }
  }

  /** Takes bytes in, all of them. */
  public void feed(Bytes run, long position, long startNanos, long endNanos) {
    int at = 0;
    while (at < run.length()) {
      at =
          switch (state) {
            case PREFACE -> preface(run, at);
            case HEADER -> header(run, at, position, startNanos, endNanos);
            case PAYLOAD -> payload(run, at, endNanos);
            case SEARCH -> search(run, at, position, startNanos, endNanos);
            case ENDED -> outside(run.length() - at, run.length());
          };
    }
  }

  private int outside(int count, int next) {
    strayBytes += count;
    return next;
  }

  private int preface(Bytes run, int from) {
    int done = (int) prefaceBytes;
    int count = Math.min(PREFACE.length() - done, run.length() - from);
    if (!run.slice(from, from + count).equals(PREFACE.slice(done, done + count))) {
      strayBytes += prefaceBytes;
      prefaceBytes = 0;
      lose(false);
      return from;
    }
    prefaceBytes += count;
    if (prefaceBytes == PREFACE.length()) {
      state = State.HEADER;
    }
    return from + count;
  }

  private int header(Bytes run, int from, long position, long startNanos, long endNanos) {
    if (headerLength == 0) {
      raw.clear();
      framePosition = position + from;
      firstNanos = startNanos;
    }
    int count = Math.min(Frame.HEADER_BYTES - headerLength, run.length() - from);
    run.copyTo(from, header, headerLength, count);
    headerLength += count;
    raw.add(run, from, from + count);
    lastNanos = endNanos;
    if (headerLength == Frame.HEADER_BYTES) {
      if (isWrong()) {
        strayBytes += Frame.HEADER_BYTES;
        lose(false);
      } else {
        payload.clear();
        payloadBytes = 0;
        intactBytes = 0;
        missingBytes = 0;
        capped = false;
        remaining = FrameRules.length(header, 0);
        state = State.PAYLOAD;
        if (remaining == 0) {
          finish();
        }
      }
    }
    return from + count;
  }

  /** Where frames begin is believed once some of them were read from there. */
  private boolean isWrong() {
    if (probation == 0) {
      return FrameRules.isImpossible(header, 0);
    }
    probation--;
    int maxStreamId = FrameRules.maxStreamId(newestStream.getAsInt());
    return !FrameRules.isPlausible(header, 0, request, maxStreamId);
  }

  private int payload(Bytes run, int from, long endNanos) {
    int to = Math.min(run.length(), from + remaining);
    raw.add(run, from, to);
    payload.add(run, from, to);
    payloadBytes += to - from;
    if (missingBytes == 0) {
      intactBytes = payloadBytes;
    }
    remaining -= to - from;
    lastNanos = endNanos;
    if (remaining == 0) {
      finish();
    }
    return to;
  }

  private void finish() {
    ByteRope whole = raw.build();
    ByteRope content = ByteRope.EMPTY;
    if (payloadBytes > 0) {
      content =
          whole.segments().size() == 1
              ? new ByteRope(
                  List.of(whole.segments().get(0).slice(Frame.HEADER_BYTES, (int) whole.length())))
              : payload.build();
    }
    Frame frame =
        new Frame(
            header[3] & 0xff,
            header[4] & 0xff,
            FrameRules.streamId(header, 0),
            FrameRules.length(header, 0),
            whole,
            content,
            intactBytes,
            missingBytes,
            capped,
            framePosition,
            firstNanos,
            lastNanos);
    headerLength = 0;
    state = State.HEADER;
    sink.frame(frame);
  }

  private void lose(boolean byLimit) {
    headerLength = 0;
    state = State.SEARCH;
    sink.lost(byLimit);
  }

  private int search(Bytes run, int from, long position, long startNanos, long endNanos) {
    int found = search.add(run.slice(from, run.length()), position + from, startNanos, endNanos);
    if (found < 0) {
      strayBytes += search.shrink();
      return run.length();
    }
    strayBytes += found;
    probation = PROBATION;
    ArrayDeque<FrameSearch.Run> runs = search.take(found);
    state = State.HEADER;
    for (FrameSearch.Run item : runs) {
      feed(item.bytes(), item.position(), item.startNanos(), item.endNanos());
    }
    return run.length();
  }

  /**
   * Says that bytes are missing.
   *
   * @param lengthBytes how many; −1 when not known
   */
  public void gap(long lengthBytes, MissingCause cause) {
    boolean byLimit = cause != MissingCause.LOST;
    switch (state) {
      case PAYLOAD -> {
        boolean within = lengthBytes >= 0 && lengthBytes <= remaining;
        int missing = within ? (int) lengthBytes : remaining;
        missingBytes += missing;
        remaining -= missing;
        capped |= byLimit;
        if (remaining == 0) {
          finish();
        }
        if (!within) {
          lose(byLimit);
        }
      }
      case HEADER -> {
        strayBytes += headerLength;
        lose(byLimit);
      }
      case PREFACE -> {
        strayBytes += prefaceBytes;
        prefaceBytes = 0;
        lose(byLimit);
      }
      case SEARCH -> {
        strayBytes += search.clear();
        sink.lost(byLimit);
      }
      case ENDED -> {
        // Nothing is open.
      }
    }
  }

  /** Says that nothing follows. */
  public void end() {
    if (state == State.PAYLOAD) {
      missingBytes += remaining;
      finish();
    } else if (state == State.HEADER) {
      strayBytes += headerLength;
    } else if (state == State.SEARCH) {
      strayBytes += search.clear();
    }
    state = State.ENDED;
  }

  /** Lets go of the runs that were fed: copies what is open of them. */
  public void detach() {
    if (state == State.PAYLOAD || headerLength > 0) {
      raw.detach();
      payload.detach();
    } else {
      raw.clear();
      payload.clear();
    }
    search.detach();
  }

  /** Returns how many bytes are kept for what is open. */
  public long heldBytes() {
    boolean open = state == State.PAYLOAD || headerLength > 0;
    return search.heldBytes() + (open ? raw.keptBytes() + payload.keptBytes() : 0);
  }

  /** Returns how many bytes were the preface. */
  public long prefaceBytes() {
    return prefaceBytes;
  }

  /** Returns how many bytes belong to no frame. */
  public long strayBytes() {
    return strayBytes;
  }
}
