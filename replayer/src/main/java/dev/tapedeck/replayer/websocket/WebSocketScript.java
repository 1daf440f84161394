// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.websocket;

import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a recorded client said behind an upgrade to WebSocket.
 *
 * <p>Pongs that answered the server's pings are no turns: pings come by the server's own clock, and
 * each is answered when it comes (RFC 6455, section 5.5.2).
 *
 * @param turns in the order in which they were sent
 * @param pongKeys masking keys of the pongs that answered pings
 * @param answers how many messages and closes the server sent
 * @param endsAfterNanos how long after the request the last byte moved
 * @param quietNanos the longest time in which nothing moved
 * @param compresses whether the client sent compressed messages, whose bytes mean something only to
 *     a server that agreed on the same compression
 */
public record WebSocketScript(
    List<WebSocketTurn> turns,
    List<Integer> pongKeys,
    int answers,
    long endsAfterNanos,
    long quietNanos,
    boolean compresses) {
  private static final int SWITCHING_PROTOCOLS = 101;
  private static final int FIRST_SUCCESS = 200;
  private static final int LAST_SUCCESS = 299;

  public WebSocketScript {
    turns = List.copyOf(turns);
    pongKeys = List.copyOf(pongKeys);
  }

  /**
   * Returns whether the exchange upgraded its connection to WebSocket (RFC 6455, section 4), or its
   * HTTP/2 stream.
   */
  public static boolean isIn(Exchange exchange) {
    HttpRequest request = exchange.request();
    HttpResponse response = exchange.response();
    if (request == null || response == null) {
      return false;
    }
    return isInStream(exchange)
        || (response.status() == SWITCHING_PROTOCOLS && (isNamed(response) || isNamed(request)));
  }

  /** Returns whether it is a stream of HTTP/2 (RFC 8441, section 5). */
  public static boolean isInStream(Exchange exchange) {
    HttpRequest request = exchange.request();
    HttpResponse response = exchange.response();
    if (request == null
        || response == null
        || !request.version().equals("HTTP/2")
        || !request.method().equals("CONNECT")
        || response.status() < FIRST_SUCCESS
        || response.status() > LAST_SUCCESS) {
      return false;
    }
    HeaderField protocol = request.headers().withPseudoFields().first(":protocol");
    return protocol != null && protocol.value().equals("websocket");
  }

  private static boolean isNamed(HttpMessage message) {
    for (HeaderField field : message.headers().all("upgrade")) {
      if (field.value().strip().equalsIgnoreCase("websocket")) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether messages of the server count: those that come by its own clock do not. */
  public static boolean counts(StreamMessage message) {
    return message.sender() == Role.SERVER
        && message.kind() != StreamMessage.Kind.PING
        && message.kind() != StreamMessage.Kind.PONG;
  }

  /**
   * Returns what the client of such an exchange said; null when not all of it was captured, or the
   * capture was read without its frames.
   */
  public static @Nullable WebSocketScript of(Exchange exchange) {
    HttpRequest request = exchange.request();
    if (request == null
        || exchange.anomalies().stream().anyMatch(one -> one.kind() == AnomalyKind.LIMIT)) {
      return null;
    }
    Map<Long, StreamMessage> said = new HashMap<>();
    for (StreamMessage message : exchange.messages()) {
      if (message.sender() == Role.CLIENT) {
        if (message.completeness() != Completeness.COMPLETE
            || message.kind() == null
            || message.framed().length() == 0) {
          return null;
        }
        said.put(message.span().from(), message);
      }
    }
    // In a stream places count in its DATA, which is the talk alone.
    return new Writer(exchange).write(said, isInStream(exchange) ? 0 : request.span().to());
  }

  /** Returns whether the client sent any message, beyond pings and a close. */
  public boolean says() {
    return turns.stream()
        .anyMatch(
            turn ->
                turn.kind() == StreamMessage.Kind.TEXT || turn.kind() == StreamMessage.Kind.BINARY);
  }

  /** Used once. */
  private static final class Writer {
    private final Exchange exchange;
    private final List<WebSocketTurn> turns = new ArrayList<>();
    private final List<Integer> pongKeys = new ArrayList<>();

    /** The places of the client's texts and bytes among them, by where they begin. */
    private final Map<Long, Integer> indexes = new HashMap<>();

    /** When the server's messages had moved, ascending. */
    private final long[] answered;

    /** When the server first sent a ping with that payload. */
    private final Map<Bytes, Long> pings = new HashMap<>();

    private boolean compresses;

    Writer(Exchange exchange) {
      this.exchange = exchange;
      this.answered =
          exchange.messages().stream()
              .filter(WebSocketScript::counts)
              .mapToLong(message -> message.span().lastEpochNanos())
              .sorted()
              .toArray();
      for (StreamMessage message : exchange.messages()) {
        if (message.sender() == Role.CLIENT
            && (message.kind() == StreamMessage.Kind.TEXT
                || message.kind() == StreamMessage.Kind.BINARY)) {
          indexes.put(message.span().from(), indexes.size());
        }
        if (message.sender() == Role.SERVER && message.kind() == StreamMessage.Kind.PING) {
          pings.putIfAbsent(message.payload().toBytes(), message.span().firstEpochNanos());
        }
      }
    }

    /** Control frames may stand between the fragments of a message (section 5.4). */
    @Nullable WebSocketScript write(Map<Long, StreamMessage> said, long from) {
      Deque<Bytes> fragments = new ArrayDeque<>();
      StreamMessage fragmented = null;
      int count = 0;
      long position = from;
      int taken = 0;
      while (true) {
        StreamMessage next = said.get(position);
        Bytes frame;
        if (next != null) {
          taken++;
          List<Bytes> frames = WebSocketFrames.split(next.framed().toBytes());
          frame = frames.get(0);
          add(next, frame, 0, frames.size());
          if (frames.size() > 1) {
            fragmented = next;
            count = frames.size();
            fragments.addAll(frames.subList(1, count));
          }
        } else if (fragmented != null && !fragments.isEmpty()) {
          frame = fragments.remove();
          add(fragmented, frame, count - 1 - fragments.size(), count);
        } else {
          break;
        }
        position += frame.length();
      }
      if (taken < said.size() || !fragments.isEmpty()) {
        return null; // what lies between was not captured
      }
      long ends = exchange.endedEpochNanos() - exchange.startedEpochNanos();
      return new WebSocketScript(turns, pongKeys, answered.length, ends, quietNanos(), compresses);
    }

    private long quietNanos() {
      long quiet = 0;
      long moved = exchange.startedEpochNanos();
      for (StreamMessage message : exchange.messages()) {
        quiet = Math.max(quiet, message.span().firstEpochNanos() - moved);
        moved = Math.max(moved, message.span().lastEpochNanos());
      }
      return quiet;
    }

    private void add(StreamMessage message, Bytes frame, int index, int count) {
      StreamMessage.Kind kind = message.kind();
      long first = message.span().firstEpochNanos();
      if (kind == null) {
        return;
      }
      if (kind == StreamMessage.Kind.PONG && answersPing(message, first)) {
        pongKeys.add(WebSocketFrames.key(frame));
        return;
      }
      compresses |= message.compressed();
      // The first and the last fragment have times; those between are taken to have come evenly.
      long step = count > 1 ? (message.span().lastEpochNanos() - first) / (count - 1) : 0;
      long moved = first + step * index;
      long before = turns.isEmpty() ? 0 : turns.get(turns.size() - 1).afterNanos();
      turns.add(
          new WebSocketTurn(
              frame,
              kind,
              Math.max(before, moved - exchange.startedEpochNanos()),
              indexes.getOrDefault(message.span().from(), -1),
              index == 0 ? message : null,
              awaited(moved)));
    }

    private boolean answersPing(StreamMessage pong, long movedNanos) {
      Long pinged = pings.get(pong.payload().toBytes());
      return pinged != null && pinged <= movedNanos;
    }

    /** Returns how many of the server's messages had come by then. */
    private int awaited(long movedNanos) {
      int low = 0;
      int high = answered.length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (answered[middle] <= movedNanos) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }
  }
}
