// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.message;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.MessageSpan;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of an event stream (HTML Living Standard, section 9.2.6, "Interpreting an event
 * stream").
 *
 * <p>A block of lines with any field is an event, also one that a browser hands to nobody because
 * it has no data: {@code retry} and {@code id} act without. A block in which bytes are missing
 * shows what came before them; what follows them is read from the next empty line on.
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> events keep copies of the body's bytes.
 */
public final class EventStream {
  private static final String MEDIA_TYPE = "text/event-stream";
  private static final int[] BYTE_ORDER_MARK = {0xef, 0xbb, 0xbf};
  private static final int MAX_RETRY_DIGITS = 18;

  private final KeptMessages messages;
  private final ByteTimes times;
  private final boolean exact;
  private final LongUnaryOperator toEpochNanos;

  private final PayloadBuffer line;
  private long offset;
  private long lineStart;
  private boolean afterReturn;
  private boolean skipping;
  private boolean partialLine;
  private int bomBytes;

  private final PayloadBuffer data;
  private boolean hasData;
  private boolean hasFields;
  private long blockStart;
  private @Nullable String name;
  private @Nullable String id;
  private @Nullable Long retryMillis;

  private EventStream(
      AnalyzerOptions options, ByteTimes times, boolean exact, LongUnaryOperator toEpochNanos) {
    MessageLimits limits = MessageLimits.of(options);
    this.messages = new KeptMessages(limits);
    this.times = times;
    this.exact = exact;
    this.toEpochNanos = toEpochNanos;
    this.line = new PayloadBuffer(limits.maxMessageBytes());
    this.data = new PayloadBuffer(limits.maxMessageBytes());
  }

  /**
   * What was found.
   *
   * @param messages the events
   * @param anomalies what is odd about all of them
   */
  public record Events(List<StreamMessage> messages, List<Anomaly> anomalies) {}

  /** Returns whether a Content-Type says that the body is an event stream. */
  public static boolean isNamedBy(String contentType) {
    int end = contentType.indexOf(';');
    String type = end < 0 ? contentType : contentType.substring(0, end);
    return type.strip().toLowerCase(Locale.ROOT).equals(MEDIA_TYPE);
  }

  /**
   * Reads a body.
   *
   * @param body of the answer; where it is coded nothing tells which event came when, but that all
   *     came while the body did
   * @param times when the bytes of the body as it was sent moved
   * @param toEpochNanos maps these times to nanoseconds since the Unix epoch
   */
  public static Events read(
      Body body, ByteTimes times, AnalyzerOptions options, LongUnaryOperator toEpochNanos) {
    boolean exact = body.content().equals(body.wire());
    EventStream reader = new EventStream(options, times, exact, toEpochNanos);
    reader.read(body.content());
    return new Events(reader.messages.inOrder(), reader.messages.anomalies());
  }

  private void read(ByteRope content) {
    long gap = exact ? times.nextGap(0) : Long.MAX_VALUE;
    for (Bytes run : content.segments()) {
      for (int i = 0; i < run.length(); i++) {
        if (offset == gap) {
          cut();
          gap = times.nextGap(offset + 1);
        }
        take(run.get(i) & 0xff);
        offset++;
      }
    }
    if (offset == gap) {
      cut();
    } else {
      endOfStream();
    }
  }

  private void take(int b) {
    if (offset == bomBytes && offset < BYTE_ORDER_MARK.length && b == BYTE_ORDER_MARK[bomBytes]) {
      // One byte order mark is not part of the first line.
      bomBytes++;
      lineStart = offset + 1;
      return;
    }
    boolean second = afterReturn && b == '\n';
    afterReturn = b == '\r';
    if (second) {
      lineStart = offset + 1;
    } else if (b == '\n' || b == '\r') {
      endLine();
      line.clear();
      lineStart = offset + 1;
    } else {
      line.add(b);
    }
  }

  private void endLine() {
    if (partialLine) {
      partialLine = false;
    } else if (line.length() == 0) {
      if (!skipping) {
        dispatch(Completeness.COMPLETE, offset + 1);
      }
      skipping = false;
      clear();
    } else if (!skipping) {
      field();
    }
  }

  private void field() {
    String text = line.from(0).toUtf8();
    int colon = text.indexOf(':');
    if (colon == 0) {
      return;
    }
    String field = colon < 0 ? text : text.substring(0, colon);
    boolean space = colon >= 0 && text.startsWith(" ", colon + 1);
    String value = colon < 0 ? "" : text.substring(colon + (space ? 2 : 1));
    switch (field) {
      case "data" -> data(colon < 0 ? line.length() : colon + (space ? 2 : 1));
      case "event" -> name = value;
      case "id" -> id = value.indexOf('\0') < 0 ? value : id;
      case "retry" -> retryMillis = isNumber(value) ? Long.valueOf(value) : retryMillis;
      default -> {
        return;
      }
    }
    if (!hasFields) {
      hasFields = true;
      blockStart = lineStart;
    }
  }

  private static boolean isNumber(String value) {
    return !value.isEmpty()
        && value.length() <= MAX_RETRY_DIGITS
        && value.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Field names are ASCII, so that offsets in the text are those in the bytes up to there. */
  private void data(int from) {
    if (hasData) {
      data.add('\n');
    }
    byte[] value = line.from(from).toArray();
    data.add(value, 0, value.length);
    hasData = true;
  }

  private void cut() {
    if (!skipping) {
      dispatch(Completeness.GAP, offset);
    }
    clear();
    line.clear();
    lineStart = offset;
    skipping = true;
    partialLine = true;
    afterReturn = false;
  }

  /** What no empty line ends was not whole for its receiver, either. */
  private void endOfStream() {
    if (!skipping && line.length() > 0) {
      field();
    }
    if (!skipping) {
      dispatch(Completeness.TRUNCATED_END, offset);
    }
  }

  private void dispatch(Completeness completeness, long end) {
    if (!hasFields) {
      return;
    }
    long first = exact ? times.nanosAt(blockStart) : times.firstNanos();
    long last = exact ? times.nanosAt(end - 1) : times.lastNanos();
    List<Anomaly> anomalies = new ArrayList<>(0);
    if (completeness == Completeness.GAP) {
      anomalies.add(Anomaly.missingBytes(-1));
    }
    messages.add(
        StreamMessage.newBuilder(
                Role.SERVER,
                StreamMessage.Kind.EVENT,
                new MessageSpan(
                    blockStart,
                    end,
                    toEpochNanos.applyAsLong(first),
                    toEpochNanos.applyAsLong(last)))
            .payload(data.rope(0))
            .eventName(name)
            .eventId(id)
            .retryMillis(retryMillis)
            .completeness(completeness)
            .anomalies(anomalies)
            .build());
  }

  private void clear() {
    data.clear();
    hasData = false;
    hasFields = false;
    name = null;
    id = null;
    retryMillis = null;
  }
}
