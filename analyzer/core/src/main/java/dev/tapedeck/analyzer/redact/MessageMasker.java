// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Masks one direction of an HTTP/1 connection while its bytes come, and says of each run of bytes
 * whether it is settled (masked where needed, in order) or dropped. Holds a head, and a body where
 * the rules look into bodies.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class MessageMasker {
  /** Longest head, trailer section or chunk size line that is held. */
  static final int MAX_HEAD_BYTES = 1 << 16;

  private static final int MAX_SIZE_DIGITS = 12;

  /** Shorter values stand in too many places where they mean something else. */
  private static final int MIN_REPEATED_BYTES = 8;

  private final RedactionRules rules;
  private final Mask mask;
  private final boolean request;
  private final Peer peer;
  private final Outcome outcome;
  private final Spans spans = new Spans();

  /** Bytes that came and are not settled; {@link #scanned} of them were looked at. */
  private byte[] held = new byte[1024];

  private int length;
  private int scanned;
  private State state = State.HEAD;
  private Mode mode = Mode.PASS;
  private long remaining;
  private String contentType = "";
  private boolean afterChunks;
  private final List<int[]> content = new ArrayList<>();
  private int contentBytes;
  private long masked;

  /** Secrets of the head, which may stand in the body too. */
  private List<String> headSecrets = List.of();

  /** Where in a message the next byte lies. */
  private enum State {
    HEAD,
    WAITING,
    LENGTH_BODY,
    CHUNK_SIZE,
    CHUNK_DATA,
    CHUNK_END,
    TRAILER,
    CLOSE_BODY,
    DEAD
  }

  /** What becomes of a body. */
  private enum Mode {
    PASS,
    HOLD,
    DROP
  }

  /** What the other direction and the connection have to know. */
  interface Peer {
    /** A request was understood. */
    void requested(String method);

    /** Returns the method that the next answer is to; null when it is not known yet. */
    @Nullable String awaited();

    /** The final answer to it has come. */
    void answered();

    /** The connection cannot be understood from here on. */
    void lost();
  }

  /** Is told what becomes of bytes, in order and without gap. */
  interface Outcome {
    /** The next bytes may be written as they are here. */
    void settled(byte[] bytes, int from, int to);

    /** The next bytes may not be written. */
    void dropped(long count);
  }

  MessageMasker(RedactionRules rules, Mask mask, boolean request, Peer peer, Outcome outcome) {
    this.rules = rules;
    this.mask = mask;
    this.request = request;
    this.peer = peer;
    this.outcome = outcome;
  }

  /** Returns how many bytes are held. */
  int heldBytes() {
    return length;
  }

  /** Returns how many values were masked. */
  long maskedValues() {
    return masked;
  }

  /** Takes the next bytes. */
  void feed(byte[] bytes, int from, int to) {
    if (state == State.DEAD) {
      outcome.dropped(to - from);
      return;
    }
    int more = to - from;
    if (length + more > held.length) {
      held = Arrays.copyOf(held, Math.max(2 * held.length, length + more));
    }
    System.arraycopy(bytes, from, held, length, more);
    length += more;
    advance();
  }

  /** Bytes are missing; what was captured of them is nothing. */
  void gap(long count) {
    if (state == State.DEAD || count == 0) {
      return;
    }
    boolean inBody =
        state == State.CLOSE_BODY
            || ((state == State.LENGTH_BODY || state == State.CHUNK_DATA) && count <= remaining);
    if (count < 0 || !inBody) {
      peer.lost();
      return;
    }
    if (mode == Mode.HOLD) {
      dropBody();
    }
    if (state != State.CLOSE_BODY) {
      remaining -= count;
      if (remaining == 0) {
        dataEnded();
      }
    }
  }

  /** Goes on when the other direction has. */
  void advance() {
    boolean going = true;
    while (going && state != State.DEAD) {
      going =
          switch (state) {
            case HEAD, WAITING -> head();
            case LENGTH_BODY, CHUNK_DATA, CLOSE_BODY -> data();
            case CHUNK_SIZE -> chunkSize();
            case CHUNK_END -> chunkEnd();
            case TRAILER -> trailer();
            case DEAD -> false;
          };
    }
  }

  /** No byte follows: what is held is masked where it is whole, else dropped. */
  void end() {
    if (state == State.CLOSE_BODY) {
      bodyEnded();
    }
    drop();
  }

  /** Gives up: what is held and all that follows is dropped. */
  void drop() {
    state = State.DEAD;
    outcome.dropped(length);
    length = 0;
    scanned = 0;
    held = new byte[0];
    content.clear();
  }

  private boolean head() {
    if (skipEmptyLine()) {
      return true;
    }
    if (length == 1 && held[0] == '\r') {
      return false;
    }
    int end = sectionEnd();
    if (end < 0) {
      if (length > MAX_HEAD_BYTES) {
        peer.lost();
      }
      return false;
    }
    String method = request ? "" : peer.awaited();
    if (method == null) {
      state = State.WAITING;
      return false;
    }
    HeadSecrets head = new HeadSecrets(rules, held, spans);
    if (end > MAX_HEAD_BYTES || !head.head(0, end, request)) {
      peer.lost();
      return false;
    }
    headSecrets = spans.values(held, MIN_REPEATED_BYTES);
    if (!headSecrets.isEmpty()) {
      spans.addPlaces(new String(held, 0, end, StandardCharsets.ISO_8859_1), headSecrets);
    }
    if (!request && (head.status == 101 || (method.equals("CONNECT") && head.status / 100 == 2))) {
      // What follows is another protocol.
      settle(end);
      peer.lost();
      return false;
    }
    settle(end);
    scanned = 0;
    state = State.HEAD;
    contentType = head.contentType;
    if (request) {
      peer.requested(head.method);
      begin(head, head.chunked || head.contentLength > 0, false);
    } else if (head.status >= 200) {
      peer.answered();
      boolean bodiless = method.equals("HEAD") || head.status == 204 || head.status == 304;
      begin(head, !bodiless, true);
    }
    return true;
  }

  /** RFC 9112, section 2.2: an empty line before a request is no part of it. */
  private boolean skipEmptyLine() {
    int skipped =
        length > 0 && held[0] == '\n'
            ? 1
            : length > 1 && held[0] == '\r' && held[1] == '\n' ? 2 : 0;
    settle(skipped);
    return skipped > 0;
  }

  private void begin(HeadSecrets head, boolean hasBody, boolean untilClose) {
    if (!hasBody || head.contentLength == 0) {
      return;
    }
    if (!rules.concernBodies()) {
      mode = Mode.PASS;
    } else {
      boolean readable = !head.coded && BodySecrets.isReadable(rules, contentType);
      mode = readable && head.contentLength <= rules.maxBodyBytes() ? Mode.HOLD : Mode.DROP;
    }
    content.clear();
    contentBytes = 0;
    afterChunks = false;
    if (head.chunked) {
      state = State.CHUNK_SIZE;
    } else if (head.contentLength > 0) {
      state = State.LENGTH_BODY;
      remaining = head.contentLength;
    } else if (untilClose) {
      state = State.CLOSE_BODY;
      remaining = Long.MAX_VALUE;
    }
  }

  private boolean data() {
    int count = (int) Math.min(remaining, length - scanned);
    if (count > 0) {
      if (state != State.CLOSE_BODY) {
        remaining -= count;
      }
      if (mode == Mode.HOLD && contentBytes + count > rules.maxBodyBytes()) {
        dropBody();
      }
      if (mode == Mode.HOLD) {
        content.add(new int[] {scanned, scanned + count});
        contentBytes += count;
        scanned += count;
      } else if (mode == Mode.PASS) {
        settle(scanned + count);
      } else {
        settle(scanned);
        dropFirst(count);
      }
    }
    if (remaining > 0) {
      return false;
    }
    dataEnded();
    return true;
  }

  private void dataEnded() {
    if (state == State.CHUNK_DATA) {
      state = State.CHUNK_END;
    } else {
      bodyEnded();
    }
  }

  /** What is held of the body goes; its framing stays. */
  private void dropBody() {
    int at = 0;
    for (int[] range : content) {
      settle(range[0] - at);
      dropFirst(range[1] - range[0]);
      at = range[1];
    }
    content.clear();
    contentBytes = 0;
    settle(scanned);
    mode = Mode.DROP;
  }

  private boolean chunkSize() {
    int end = lineEnd();
    if (end < 0) {
      if (length - scanned > 2 * MAX_SIZE_DIGITS) {
        peer.lost();
      }
      return false;
    }
    int stop = end > scanned && held[end - 1] == '\r' ? end - 1 : end;
    if (stop == scanned || stop - scanned > MAX_SIZE_DIGITS) {
      peer.lost();
      return false;
    }
    long size = 0;
    for (int i = scanned; i < stop; i++) {
      int digit = Character.digit(held[i], 16);
      if (digit < 0) {
        // An extension could hold anything.
        peer.lost();
        return false;
      }
      size = size << 4 | digit;
    }
    framing(end + 1);
    remaining = size;
    if (size > 0) {
      state = State.CHUNK_DATA;
    } else {
      afterChunks = true;
      bodyEnded();
    }
    return true;
  }

  private boolean chunkEnd() {
    int end = lineEnd();
    int count = length - scanned;
    boolean sound =
        end == scanned
            || (end == scanned + 1 && held[scanned] == '\r')
            || (end < 0 && (count == 0 || (count == 1 && held[scanned] == '\r')));
    if (!sound) {
      peer.lost();
      return false;
    }
    if (end < 0) {
      return false;
    }
    framing(end + 1);
    state = State.CHUNK_SIZE;
    return true;
  }

  /** Goes beyond bytes between the chunks. */
  private void framing(int to) {
    scanned = to;
    if (mode != Mode.HOLD) {
      settle(scanned);
    }
  }

  private void bodyEnded() {
    if (mode == Mode.HOLD) {
      byte[] body = new byte[contentBytes];
      int at = 0;
      for (int[] range : content) {
        System.arraycopy(held, range[0], body, at, range[1] - range[0]);
        at += range[1] - range[0];
      }
      Spans found = new Spans();
      if (BodySecrets.find(rules, contentType, body, found)) {
        if (!headSecrets.isEmpty()) {
          found.addPlaces(new String(body, StandardCharsets.ISO_8859_1), headSecrets);
        }
        masked += found.mask(body, mask);
        scatter(body);
      } else {
        dropBody();
      }
    }
    settle(scanned);
    state = afterChunks ? State.TRAILER : State.HEAD;
    scanned = 0;
  }

  private void scatter(byte[] body) {
    int at = 0;
    for (int[] range : content) {
      System.arraycopy(body, at, held, range[0], range[1] - range[0]);
      at += range[1] - range[0];
    }
    content.clear();
    contentBytes = 0;
  }

  private boolean trailer() {
    int end;
    if (length > 0 && held[0] == '\n') {
      end = 1;
    } else if (length > 1 && held[0] == '\r' && held[1] == '\n') {
      end = 2;
    } else {
      end = sectionEnd();
    }
    if (end < 0) {
      if (length > MAX_HEAD_BYTES) {
        peer.lost();
      }
      return false;
    }
    if (!new HeadSecrets(rules, held, spans).fields(0, end)) {
      peer.lost();
      return false;
    }
    settle(end);
    scanned = 0;
    state = State.HEAD;
    return true;
  }

  /** Returns the offset after the first empty line; -1 when it has not come. */
  private int sectionEnd() {
    for (int i = Math.max(1, scanned - 2); i < length; i++) {
      if (held[i] == '\n'
          && (held[i - 1] == '\n' || (i > 1 && held[i - 1] == '\r' && held[i - 2] == '\n'))) {
        return i + 1;
      }
    }
    scanned = length;
    return -1;
  }

  private int lineEnd() {
    for (int i = scanned; i < length; i++) {
      if (held[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  /** Hands on the first bytes, with what was found in them masked. */
  private void settle(int count) {
    masked += spans.mask(held, mask);
    if (count > 0) {
      outcome.settled(held, 0, count);
      remove(count);
    }
    scanned = Math.max(0, scanned - count);
  }

  private void dropFirst(int count) {
    if (count > 0) {
      outcome.dropped(count);
      remove(count);
      scanned = Math.max(0, scanned - count);
    }
  }

  private void remove(int count) {
    length -= count;
    System.arraycopy(held, count, held, 0, length);
  }
}
