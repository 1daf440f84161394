// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import dev.tapedeck.format.Bytes;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Collects the parts of a message for parsers, which make many: one builder serves them all, since
 * a message keeps none of it.
 *
 * <p><b>Lifecycle:</b> {@link #head} or {@link #inOneRun} begins the next message with no trailers
 * and nothing odd, complete; then the other parts, then {@link #request} or {@link #response}.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class MessageBuilder {
  /** As far as that may a body after transfer decoding lie from both ends of what was framed. */
  public static final int MAX_FRAME_BYTES = Character.MAX_VALUE;

  Bytes bytes = Bytes.empty();
  int headLength;
  int frameBefore;
  int frameBehind;
  Body.Framing framing = Body.Framing.NONE;
  @Nullable HeaderFields headers = HeaderFields.NONE;
  @Nullable Body body = Body.NONE;
  @Nullable String target;
  Bytes blankLines = Bytes.empty();
  @Nullable Function<ByteRope, Body.Content> decoder;
  HeaderFields trailers = HeaderFields.NONE;
  long from;
  long to;
  long firstEpochNanos;
  long lastEpochNanos;
  Completeness completeness = Completeness.COMPLETE;
  List<Anomaly> anomalies = List.of();

  /** Begins a message with its head alone, of which nothing is known and which has no body. */
  public MessageBuilder head(Bytes head) {
    begin(head, head.length());
    body = Body.NONE;
    framing = Body.Framing.NONE;
    return this;
  }

  /**
   * Begins a message whose body lies behind its head.
   *
   * @param message head and framed body
   * @param headBytes length of the head
   * @param bodyFraming what ends the body
   * @param from where the body after transfer decoding begins in the message
   * @param to where it ends
   * @throws IllegalArgumentException when these are farther than {@link #MAX_FRAME_BYTES} from the
   *     ends of the framed body
   */
  public MessageBuilder inOneRun(
      Bytes message, int headBytes, Body.Framing bodyFraming, int from, int to) {
    int before = from - headBytes;
    int behind = message.length() - to;
    if (before < 0 || before > MAX_FRAME_BYTES || behind < 0 || behind > MAX_FRAME_BYTES) {
      throw new IllegalArgumentException("before=" + before + " behind=" + behind);
    }
    begin(message, headBytes);
    body = null;
    framing = bodyFraming;
    frameBefore = before;
    frameBehind = behind;
    return this;
  }

  private void begin(Bytes message, int headBytes) {
    bytes = message;
    headLength = headBytes;
    frameBefore = 0;
    frameBehind = 0;
    headers = HeaderFields.NONE;
    target = null;
    blankLines = Bytes.empty();
    decoder = null;
    trailers = HeaderFields.NONE;
    completeness = Completeness.COMPLETE;
    anomalies = List.of();
  }

  /**
   * Sets what undoes the content codings of a body behind its head, as {@link Body#coded} says;
   * null when there are none.
   */
  public MessageBuilder decoder(@Nullable Function<ByteRope, Body.Content> undo) {
    decoder = undo;
    return this;
  }

  /**
   * Sets the header fields.
   *
   * @param fields null to have them found in the head, in which nothing is odd: lines end in CR LF,
   *     names are tokens with a colon behind, no line goes on in the next, and no control but tabs
   *     is anywhere
   */
  public MessageBuilder headers(@Nullable HeaderFields fields) {
    headers = fields;
    return this;
  }

  public MessageBuilder trailers(HeaderFields fields) {
    trailers = fields;
    return this;
  }

  public MessageBuilder body(Body known) {
    body = known;
    return this;
  }

  /** Sets the target of a request that has none in its head. */
  MessageBuilder target(String known) {
    target = known;
    return this;
  }

  /** Sets the empty lines that stand before the message. */
  public MessageBuilder blankLines(Bytes before) {
    blankLines = before;
    return this;
  }

  /** Sets where the message lies in its stream, and when it moved. */
  public MessageBuilder span(long first, long next, long firstNanos, long lastNanos) {
    from = first;
    to = next;
    firstEpochNanos = firstNanos;
    lastEpochNanos = lastNanos;
    return this;
  }

  public MessageBuilder completeness(Completeness known) {
    completeness = known;
    return this;
  }

  public MessageBuilder anomalies(List<Anomaly> found) {
    anomalies = found;
    return this;
  }

  /**
   * Returns a request.
   *
   * @param targetFrom where the target begins in the head
   * @param targetTo where it ends
   */
  public HttpRequest request(
      String method, int targetFrom, int targetTo, String version, @Nullable String authority) {
    HttpRequest request = new HttpRequest(method, targetFrom, targetTo, version, authority, this);
    head(Bytes.empty());
    return request;
  }

  /** Returns an answer. */
  public HttpResponse response(int status, String reason, String version) {
    HttpResponse response = new HttpResponse(status, reason, version, this);
    head(Bytes.empty());
    return response;
  }
}
