// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of one message after another as its framing says (RFC 9112, section 6).
 *
 * <p>A message that says it is chunked and is not from its first byte on is read without that, as
 * browsers do; one of which that was in doubt also when it turns out later.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class BodyReader {
  /** How far a body is. */
  enum Progress {
    /** It goes on, as far as is known. */
    OPEN,
    /** It is whole. */
    WHOLE,
    /** It has ended, and nothing tells where. */
    LOST,
    /** It is not chunked: what was read is to be read again, as the message's framing says now. */
    AGAIN
  }

  private final ParsedMessage message;
  private final FieldReader fields;
  private final Body.Framing unframed;
  private final int maxLineBytes;

  /** Made for the first chunked body. */
  private @Nullable ChunkedBody chunkedBody;

  private long remaining;
  private int at;

  /**
   * Makes a reader.
   *
   * @param message takes the bodies
   * @param unframed what ends a body that no field speaks of
   */
  BodyReader(ParsedMessage message, FieldReader fields, Body.Framing unframed, int maxLineBytes) {
    this.message = message;
    this.fields = fields;
    this.unframed = unframed;
    this.maxLineBytes = maxLineBytes;
  }

  /** Begins the body of the message; it may be whole already. */
  Progress begin() {
    switch (message.framing) {
      case NONE, CLOSE, FRAMES -> remaining = 0;
      case CONTENT_LENGTH -> remaining = message.facts.contentLength;
      case CHUNKED -> chunked().begin(message.chunkedInDoubt);
    }
    boolean none =
        message.framing == Body.Framing.NONE
            || (message.framing == Body.Framing.CONTENT_LENGTH && remaining == 0);
    return none ? Progress.WHOLE : Progress.OPEN;
  }

  private ChunkedBody chunked() {
    ChunkedBody made = chunkedBody;
    if (made == null) {
      made = new ChunkedBody(maxLineBytes);
      chunkedBody = made;
    }
    return made;
  }

  /** Returns the index after the last byte that the last {@link #feed} took. */
  int at() {
    return at;
  }

  /** Takes bytes in; the indexes are of the source's array. */
  Progress feed(Bytes source, int from, int end) {
    int base = source.sharedOffset();
    if (message.framing == Body.Framing.CHUNKED) {
      at = chunked().feed(source, from, end, message, fields);
      message.framed.add(source, from - base, at - base);
      return switch (chunked().progress()) {
        case MORE -> Progress.OPEN;
        case DONE -> Progress.WHOLE;
        case BROKEN -> broken();
      };
    }
    boolean counted = message.framing == Body.Framing.CONTENT_LENGTH;
    int count = counted ? (int) Math.min(remaining, end - from) : end - from;
    at = from + count;
    message.framed.add(source, from - base, at - base);
    remaining -= count;
    return counted && remaining == 0 ? Progress.WHOLE : Progress.OPEN;
  }

  private Progress broken() {
    boolean isOther =
        message.chunkedInDoubt
            || (chunked().wholeChunks() == 0
                && message.facts.otherFraming(unframed) != Body.Framing.NONE);
    if (!isOther || !message.isIntact()) {
      message.truncated = true;
      return Progress.LOST;
    }
    return Progress.AGAIN;
  }

  /** Takes what was read out of the body, whose framing is another from now on. */
  Bytes takeBack() {
    Bytes read = message.framed.build().toBytes();
    message.framed.clear(Long.MAX_VALUE);
    message.wire.clear(Long.MAX_VALUE);
    message.framing = message.facts.otherFraming(unframed);
    return read;
  }

  /** Returns whether it is in doubt that there is a body, and none of it has come. */
  boolean mayBeNone() {
    return isUndecided()
        && message.framed.length() == 0
        && message.facts.otherFraming(unframed) == Body.Framing.NONE;
  }

  /** Returns whether no chunk has come of a body of which it is in doubt that it is chunked(). */
  boolean isUndecided() {
    return message.framing == Body.Framing.CHUNKED
        && message.chunkedInDoubt
        && chunked().wholeChunks() == 0
        && message.isIntact();
  }

  /**
   * Takes missing bytes in.
   *
   * @return how many of them belong to the body, all of them while it goes on; −1 when nothing
   *     tells where it ends
   */
  long gap(long lengthBytes, MissingCause cause) {
    boolean known =
        switch (message.framing) {
          case CHUNKED -> chunked().gap(lengthBytes);
          case CONTENT_LENGTH -> lengthBytes >= 0;
          case CLOSE, NONE, FRAMES -> true;
        };
    if (!known) {
      message.missing(-1, cause);
      return -1;
    }
    long missing = lengthBytes;
    if (message.framing == Body.Framing.CONTENT_LENGTH) {
      missing = Math.min(lengthBytes, remaining);
      remaining -= missing;
    }
    message.missing(missing, cause);
    return missing;
  }

  /** Returns whether the body is whole; asked after {@link #gap}. */
  boolean isWhole() {
    return message.framing == Body.Framing.CONTENT_LENGTH && remaining == 0;
  }
}
