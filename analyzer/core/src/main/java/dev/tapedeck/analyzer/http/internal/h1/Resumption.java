// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

/**
 * What is known of the place where reading goes on behind lost bytes.
 *
 * <p>Behind lost bytes a start line proves nothing by itself: it may stand in the body of a message
 * whose head is lost. So the sink says whether a message can begin there, and what was told of it
 * is taken back unless the message stood alone: the other direction must move before more bytes
 * come.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class Resumption {
  private boolean missing;
  private long hiddenBytes;
  private boolean boundary;
  private boolean movedWithCall;
  private boolean unproven;
  private long toldBytes;

  /** Returns whether bytes are missing since the last message that is proven. */
  boolean isMissing() {
    return missing;
  }

  /** Returns whether a message was told behind lost bytes and has no proof yet. */
  boolean isUnproven() {
    return unproven;
  }

  /**
   * Bytes are missing.
   *
   * @param bytes how many; negative when not known
   * @param atBoundary whether the first of them begins a message
   * @param behindOthers whether only missing ones stand before them
   * @param withCall whether they moved with the bytes before them
   */
  void gap(long bytes, boolean atBoundary, boolean behindOthers, boolean withCall) {
    if (behindOthers && hiddenBytes != 0) {
      hiddenBytes = hiddenBytes < 0 || bytes < 0 ? -1 : hiddenBytes + bytes;
    } else {
      hiddenBytes = bytes;
      boundary = atBoundary;
    }
    movedWithCall = withCall && !behindOthers;
    missing = true;
  }

  /** The other direction moved: what moved before that is not directly before what comes. */
  void turned() {
    if (movedWithCall) {
      passed();
    }
  }

  /** Bytes went by of which it is not known what they are. */
  void passed() {
    hiddenBytes = 0;
  }

  /** A head is complete: asks whether a message begins with it. */
  boolean begins(MessageSink sink, ParsedMessage message) {
    if (!sink.begins(message, hiddenBytes, boundary)) {
      passed();
      return false;
    }
    hiddenBytes = 0;
    unproven = true;
    toldBytes = 0;
    return true;
  }

  /** A message was told. */
  void told(long bytes) {
    toldBytes += bytes;
  }

  /** What was told is proven. */
  void prove(MessageSink sink) {
    unproven = false;
    missing = false;
    sink.proven();
  }

  /** Takes back what was told; returns how many bytes that were. */
  long withdraw(MessageSink sink) {
    unproven = false;
    missing = true;
    hiddenBytes = 0;
    sink.withdrawn();
    return toldBytes;
  }
}
