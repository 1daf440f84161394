// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

/** Takes what a parser finds, on its thread. */
public interface MessageSink {
  /** A head begins, or what may be one, in the bytes that are fed just now. */
  default void begins() {}

  /**
   * A head is complete and its body begins, or the message ends with it.
   *
   * @param message the parser's, with its head read and its framing known
   */
  void head(ParsedMessage message);

  /**
   * A message has ended, whole or not. {@link #head} was not called for one that ended in its head.
   *
   * @param message the parser's; copy what is kept
   */
  void message(ParsedMessage message);

  /**
   * Returns whether a new message may begin now; if not, the parser stops before it and {@code
   * feed} returns early.
   */
  boolean ready();

  /**
   * Returns whether a message may begin in the middle of bytes of which it is not known what they
   * are, by the evidence of the other direction and of the message that was cut off before.
   */
  boolean mayResume();

  /**
   * Returns whether the message whose head was just taken has the body that its head announces;
   * when that is not certain, the bytes that follow decide.
   */
  default BodyEvidence bodyEvidence() {
    return BodyEvidence.CERTAIN;
  }

  /**
   * Returns whether a message begins with a strict head behind lost bytes; the head is then told,
   * and taken back by {@link #withdrawn} unless {@link #proven} follows.
   *
   * @param message the parser's, with its head read
   * @param hiddenBytes how many bytes are missing directly before it; negative when not known, 0
   *     when captured bytes stand before it
   * @param boundary whether a message was to begin with the first of these missing bytes
   */
  default boolean begins(ParsedMessage message, long hiddenBytes, boolean boundary) {
    return true;
  }

  /** The message that was told behind lost bytes was sent. */
  default void proven() {}

  /** What was told behind lost bytes may be part of another message. */
  default void withdrawn() {}

  /** Messages of this direction may have gone by untold, as if they were missing. */
  default void untold() {}

  /** Returns whether the last message is only a part of what is due, as an interim answer is. */
  default boolean goesOn() {
    return false;
  }

  /** Returns whether the end of the stream proves the message before it. */
  default boolean endProves() {
    return true;
  }

  /**
   * Returns whether it can wait what is in doubt until more bytes tell: a body behind a head whose
   * message may have none (RFC 9112, section 6.3), a head behind lines that are none. If not, the
   * letter of the fields and the first line decide at once.
   */
  default boolean waitsForEvidence() {
    return false;
  }

  /**
   * Says whether another message than the open one may follow by now. An answer's next one may not
   * unless a request came for it.
   */
  default Following mayFollow() {
    return Following.YES;
  }

  /** Whether something may follow. */
  enum Following {
    YES,
    NO,
    UNKNOWN
  }

  /** What is known of a body besides what the head says. */
  enum BodyEvidence {
    CERTAIN,
    LIKELY,
    UNLIKELY
  }
}
