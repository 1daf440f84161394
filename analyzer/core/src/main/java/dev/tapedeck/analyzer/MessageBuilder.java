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
  private static final int BODY_GIVEN = -1;

  Bytes bytes = Bytes.empty();
  int headLength;
  int wireFrom = BODY_GIVEN;
  int wireTo = BODY_GIVEN;
  Body.Framing framing = Body.Framing.NONE;
  @Nullable HeaderFields headers = HeaderFields.NONE;
  @Nullable Body body = Body.NONE;
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
    wireFrom = BODY_GIVEN;
    wireTo = BODY_GIVEN;
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
   */
  public MessageBuilder inOneRun(
      Bytes message, int headBytes, Body.Framing bodyFraming, int from, int to) {
    begin(message, headBytes);
    body = null;
    framing = bodyFraming;
    wireFrom = from;
    wireTo = to;
    return this;
  }

  private void begin(Bytes message, int headBytes) {
    bytes = message;
    headLength = headBytes;
    headers = HeaderFields.NONE;
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
