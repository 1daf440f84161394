// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

/**
 * Where the bytes of one direction went: each is in exactly one place.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class ByteCounts {
  private long inMessages;
  private long outsideMessages;
  private long blankLines;

  /** Counts from 0. */
  public ByteCounts() {}

  /** Returns how many bytes became part of messages that have ended. */
  public long inMessages() {
    return inMessages;
  }

  /** Returns how many bytes belong to no message. */
  public long outsideMessages() {
    return outsideMessages;
  }

  /** Returns how many of these are not the empty lines that may stand between messages. */
  public long stray() {
    return outsideMessages - blankLines;
  }

  void addMessage(ParsedMessage message) {
    inMessages += message.length();
  }

  /** So many bytes of messages turned out to be none. */
  void withdraw(long bytes) {
    inMessages -= bytes;
    outsideMessages += bytes;
  }

  void addOutside(long bytes) {
    outsideMessages += bytes;
  }

  /** Counts bytes outside of messages that are empty lines. */
  void addBlankLines(long bytes) {
    outsideMessages += bytes;
    blankLines += bytes;
  }
}
