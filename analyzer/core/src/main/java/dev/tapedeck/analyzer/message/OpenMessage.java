// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.message;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.MessageSpan;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket message whose frames are still coming.
 *
 * <p><b>Units:</b> positions in the stream, monotonic nanoseconds. <b>Threads:</b> confined to one.
 */
final class OpenMessage {
  private static final int CODE_BYTES = 2;

  /** Codes that a close frame never holds (RFC 6455, section 7.4.1). */
  private static final int NO_STATUS = 1005;

  private static final int ABNORMAL = 1006;
  private static final int TLS_HANDSHAKE = 1015;
  private static final int FIRST_CODE = 1000;
  private static final int LAST_CODE = 4999;

  private final StreamMessage.@Nullable Kind kind;
  private final boolean compressed;
  private final long from;
  private final long firstNanos;
  private final PayloadBuffer payload;

  /** Its frames as sent; null when they are not kept. */
  private final @Nullable PayloadBuffer framed;

  private final List<Anomaly> anomalies = new ArrayList<>(0);
  private int frames;
  private long wireBytes;
  private long missingBytes;
  private boolean missingUnknown;
  private boolean lost;
  private boolean capped;
  private boolean startMissing;

  OpenMessage(
      StreamMessage.@Nullable Kind kind,
      boolean compressed,
      long from,
      long firstNanos,
      int maxBytes,
      int maxFrameBytes) {
    this.kind = kind;
    this.compressed = compressed;
    this.from = from;
    this.firstNanos = firstNanos;
    this.payload = new PayloadBuffer(maxBytes);
    this.framed = maxFrameBytes > 0 ? new PayloadBuffer(maxFrameBytes) : null;
  }

  StreamMessage.@Nullable Kind kind() {
    return kind;
  }

  boolean isCompressed() {
    return compressed;
  }

  PayloadBuffer payload() {
    return payload;
  }

  void frame() {
    frames++;
  }

  /** Takes bytes of its frames as sent. */
  void raw(byte[] bytes, int count) {
    if (framed != null) {
      framed.add(bytes, 0, count);
    }
  }

  /** Returns how many bytes it keeps. */
  long keptBytes() {
    return (framed == null ? 0L : framed.length()) + payload.length();
  }

  /** Keeps so many bytes of what is in it, and of its frames. */
  void keepAtMost(int bytes) {
    payload.keepAtMost(bytes);
    if (framed != null) {
      framed.keepAtMost(bytes);
    }
  }

  private ByteRope frames(Completeness completeness) {
    return framed == null || framed.isOver() || completeness != Completeness.COMPLETE
        ? ByteRope.EMPTY
        : framed.rope(0);
  }

  void wire(int count) {
    wireBytes += count;
  }

  /** Returns whether payload is missing, so that none behind it can be decompressed. */
  boolean misses() {
    return missingUnknown || missingBytes > 0 || startMissing;
  }

  void anomaly(AnomalyKind what, String detail) {
    Anomaly anomaly = new Anomaly(what, detail);
    if (!anomalies.contains(anomaly)) {
      anomalies.add(anomaly);
    }
  }

  void odd(String detail) {
    anomaly(AnomalyKind.WEBSOCKET, detail);
  }

  /** Notes that payload is missing; a negative length is not known. */
  void missing(long lengthBytes, MissingCause cause) {
    if (lengthBytes < 0) {
      missingUnknown = true;
    } else {
      missingBytes += lengthBytes;
    }
    lost |= cause == MissingCause.LOST;
    capped |= cause != MissingCause.LOST;
  }

  /** Notes that the message's first frame was not captured. */
  void startMissing() {
    startMissing = true;
  }

  /**
   * Makes the message.
   *
   * @param outcome how decompressing it went; null when it was not compressed
   * @param ended whether its last frame was whole
   */
  StreamMessage build(
      Role sender,
      MessageInflater.@Nullable Outcome outcome,
      boolean ended,
      long to,
      long lastNanos,
      LongUnaryOperator toEpochNanos) {
    if (missingUnknown || missingBytes > 0) {
      anomalies.add(Anomaly.missingBytes(missingUnknown ? -1 : missingBytes));
    }
    inflated(outcome);
    if (payload.isOver()) {
      String digest = payload.digestBeyond();
      anomaly(
          AnomalyKind.LIMIT,
          "payload=" + payload.offered() + (digest == null ? "" : " sha256 of the rest=" + digest));
    }
    Completeness completeness = completeness(ended);
    Integer code = null;
    int start = 0;
    if (kind == StreamMessage.Kind.CLOSE && payload.length() >= CODE_BYTES) {
      code = ((payload.get(0) & 0xff) << 8) | (payload.get(1) & 0xff);
      start = CODE_BYTES;
    }
    if (completeness == Completeness.COMPLETE) {
      check(code, start);
    }
    return StreamMessage.newBuilder(
            sender,
            kind,
            new MessageSpan(
                from,
                to,
                toEpochNanos.applyAsLong(firstNanos),
                toEpochNanos.applyAsLong(lastNanos)))
        .payload(payload.rope(start), wireBytes, compressed)
        .frames(Math.max(1, frames))
        .framed(frames(completeness))
        .closeCode(code)
        .completeness(completeness)
        .anomalies(anomalies)
        .build();
  }

  private void inflated(MessageInflater.@Nullable Outcome outcome) {
    if (outcome == null) {
      return;
    }
    switch (outcome) {
      case FINE -> {
        // Nothing is odd.
      }
      case WINDOW_LOST ->
          anomaly(AnomalyKind.CONTENT_CODING, "refers to compressed messages that were lost");
      case DAMAGED -> anomaly(AnomalyKind.CONTENT_CODING, "damaged");
      case LIMIT -> anomaly(AnomalyKind.LIMIT, "decoded=" + payload.offered());
    }
  }

  private Completeness completeness(boolean ended) {
    if (startMissing) {
      return Completeness.TRUNCATED_START;
    }
    if (lost) {
      return Completeness.GAP;
    }
    if (capped) {
      return Completeness.RECORDER_CAP;
    }
    return ended ? Completeness.COMPLETE : Completeness.TRUNCATED_END;
  }

  private void check(@Nullable Integer code, int start) {
    if (kind == StreamMessage.Kind.CLOSE) {
      if (code == null && payload.length() > 0) {
        odd("close without a code");
      } else if (code != null && !isCode(code)) {
        odd("close code " + code);
      }
    }
    boolean text = kind == StreamMessage.Kind.TEXT || kind == StreamMessage.Kind.CLOSE;
    boolean whole =
        anomalies.stream().noneMatch(found -> found.kind() == AnomalyKind.CONTENT_CODING);
    if (text && whole && !payload.isOver() && !Utf8.isValid(payload.from(start).asBuffer())) {
      odd("bad UTF-8");
    }
  }

  private static boolean isCode(int code) {
    return code >= FIRST_CODE
        && code <= LAST_CODE
        && code != NO_STATUS
        && code != ABNORMAL
        && code != TLS_HANDSHAKE;
  }
}
