// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.message;

import dev.tapedeck.analyzer.AnalyzerOptions;

/**
 * What is kept of the messages inside an exchange.
 *
 * @param maxMessageBytes of one payload
 * @param maxMessagesBytes of all of an exchange together, each message counted with {@link
 *     #OVERHEAD_BYTES} more
 * @param maxDecodedBytes how far one message is decompressed
 * @param keepFrames whether messages of clients keep their frames as sent
 */
record MessageLimits(
    int maxMessageBytes, long maxMessagesBytes, long maxDecodedBytes, boolean keepFrames) {
  /** What a message takes besides its payload, about. */
  static final int OVERHEAD_BYTES = 256;

  /**
   * Returns how many bytes of a message's frames are kept: as many as of all messages, because
   * frames that were cut cannot be sent again; 0 when none are.
   */
  int maxFrameBytes() {
    return keepFrames ? (int) Math.min(maxMessagesBytes, Integer.MAX_VALUE) : 0;
  }

  static MessageLimits of(AnalyzerOptions options) {
    return new MessageLimits(
        options.maxMessageBytes(),
        options.maxMessagesBytes(),
        options.maxDecodedBytes(),
        options.keepFrames());
  }
}
