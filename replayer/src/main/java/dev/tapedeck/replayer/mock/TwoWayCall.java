// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.websocket.ServerScript;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A recorded gRPC call in which both sides may talk at once, as it is held again: what the server
 * said comes when as many messages of the client have come as had then.
 *
 * <p><b>Threads:</b> confined to the client's stream.
 */
public final class TwoWayCall {
  private static final int PREFIX_BYTES = 5;

  private final Conversation conversation;
  private final Exchange exchange;
  private final Bytes wire;
  private final int head;
  private boolean ended;

  private TwoWayCall(Conversation conversation, RecordedCall call) {
    Long first = call.exchange().firstByteEpochNanos();
    this.head = first == null ? 0 : heardBy(first, conversation.awaited());
    this.conversation = conversation;
    this.exchange = call.exchange();
    this.wire = call.response().body().wire().toBytes();
  }

  /** Returns what was said in a call; null for what is no gRPC, or where not all of it is known. */
  static @Nullable ServerScript script(Exchange exchange) {
    HttpResponse response = exchange.response();
    HttpRequest request = exchange.request();
    if (response == null
        || request == null
        || !isGrpc(response)
        || (request.completeness() != Completeness.COMPLETE
            && request.completeness() != Completeness.TRUNCATED_END)
        || !request.version().equals("HTTP/2")) {
      return null;
    }
    return ServerScript.of(exchange);
  }

  /** Returns whether an answer began before its request was whole. */
  static boolean isIn(Exchange exchange) {
    HttpResponse response = exchange.response();
    HttpRequest request = exchange.request();
    Long first = exchange.firstByteEpochNanos();
    return response != null
        && request != null
        && first != null
        && isGrpc(response)
        && (first < request.lastEpochNanos()
            || request.completeness() == Completeness.TRUNCATED_END);
  }

  private static boolean isGrpc(HttpResponse response) {
    var type = response.headers().first("content-type");
    return type != null && type.value().startsWith("application/grpc");
  }

  static TwoWayCall of(Conversation conversation, RecordedCall call) {
    return new TwoWayCall(conversation, call);
  }

  /** Returns how many messages of the client have to come before the head of the answer. */
  static int awaitedByHead(RecordedCall call, ServerScript script) {
    Long first = call.exchange().firstByteEpochNanos();
    return first == null ? script.heard().size() : heardBy(first, script.heard());
  }

  private static int heardBy(long nanos, List<StreamMessage> heard) {
    int count = 0;
    while (count < heard.size() && heard.get(count).span().lastEpochNanos() <= nanos) {
      count++;
    }
    return count;
  }

  /** Returns whether the head of the answer is due. */
  public boolean headIsDue() {
    return ended || conversation.heard() >= head;
  }

  /** Returns what the server said. */
  public List<ServerScript.Turn> turns() {
    return conversation.turns();
  }

  /** Returns whether a message of the server is due. */
  public boolean isDue(ServerScript.Turn turn) {
    return conversation.heard() >= turn.awaited();
  }

  /** Returns whether the end of the answer is due, when all of its messages were said. */
  public boolean endIsDue() {
    long nanos = exchange.endedEpochNanos();
    boolean awaitsEnd =
        Objects.requireNonNull(exchange.request(), "request").lastEpochNanos() <= nanos;
    return conversation.heard() >= heardBy(nanos, conversation.awaited()) && (ended || !awaitsEnd);
  }

  /** Returns the bytes of a message of the server, with its prefix and the names of now. */
  public Bytes bytes(StreamMessage message) {
    Bytes recorded = wire.slice((int) message.span().from(), (int) message.span().to());
    Bytes payload = conversation.payload(message);
    // Names of other lengths change no bytes here, and compressed ones are not looked into.
    if (message.compressed() || payload.length() != recorded.length() - PREFIX_BYTES) {
      return recorded;
    }
    return Bytes.latin1(recorded.slice(0, PREFIX_BYTES).toLatin1() + payload.toLatin1());
  }

  /**
   * Takes a message of the client.
   *
   * @return why there is nothing to say to it; null when the recorded client said it too
   */
  public @Nullable Miss hear(StreamMessage message) {
    return conversation.hear(message);
  }

  /**
   * Takes the end of what the client says.
   *
   * @return why nothing can follow; null when the recorded client said no more, or what is left to
   *     say does not wait for it
   */
  public @Nullable Miss end() {
    ended = true;
    int needed = heardBy(exchange.endedEpochNanos(), conversation.awaited());
    return conversation.heard() >= needed ? null : conversation.missNext();
  }
}
