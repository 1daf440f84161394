// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.websocket;

import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A frame that a recorded client sent.
 *
 * @param frame as sent: opcode, fragmentation, compression and masking key are the recorded ones
 * @param kind of the message that it belongs to
 * @param afterNanos how long after the request it was sent, at the recorded pace
 * @param message which of the client's texts and bytes it belongs to, 0-based; −1 for none
 * @param whole that message, with its first frame; null with other frames
 * @param awaited how many messages and closes of the server had come before it
 */
public record WebSocketTurn(
    Bytes frame,
    StreamMessage.Kind kind,
    long afterNanos,
    int message,
    @Nullable StreamMessage whole,
    int awaited) {}
