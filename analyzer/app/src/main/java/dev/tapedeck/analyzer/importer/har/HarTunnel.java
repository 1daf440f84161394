// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.har;

import dev.tapedeck.analyzer.message.FrameHeader;
import dev.tapedeck.format.Bytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A WebSocket in a stream of HTTP/2 (RFC 8441): its content, cut where the messages end whose times
 * the archive tells.
 *
 * @param request without what was said in the tunnel
 * @param response the same
 * @param messages what was said, as it was sent
 */
record HarTunnel(HarMessage request, HarMessage response, List<HarEntry.SocketMessage> messages) {
  /**
   * Cuts the content of both sides; leaves it whole, with no messages, where it is not the messages
   * that the archive tells of.
   */
  static HarTunnel of(
      HarMessage request, HarMessage response, List<HarEntry.SocketMessage> messages) {
    if (request.framing() instanceof HarFrames asked
        && response.framing() instanceof HarFrames answered
        && asked.isAllKnown()
        && answered.isAllKnown()) {
      Deque<Bytes> sent = pieces(asked.content());
      Deque<Bytes> received = pieces(answered.content());
      long told = messages.stream().filter(HarEntry.SocketMessage::isSent).count();
      if (sent.size() == told && received.size() == messages.size() - told) {
        List<HarEntry.SocketMessage> cut = new ArrayList<>(messages.size());
        for (HarEntry.SocketMessage each : messages) {
          Bytes piece = each.isSent() ? sent.remove() : received.remove();
          cut.add(new HarEntry.SocketMessage(each.isSent(), each.epochNanos(), piece));
        }
        return cut.isEmpty()
            ? new HarTunnel(request, response, List.of())
            : new HarTunnel(
                request.framedBy(asked.headAlone()), response.framedBy(answered.headAlone()), cut);
      }
    }
    return new HarTunnel(request, response, List.of());
  }

  /** Returns what ends a message each, and what is left behind the last one. */
  private static Deque<Bytes> pieces(Bytes content) {
    byte[] array = content.toArray();
    Deque<Bytes> pieces = new ArrayDeque<>();
    int from = 0;
    int at = 0;
    FrameHeader header = FrameHeader.read(array, at, array.length);
    while (header != null
        && header.payloadBytes() >= 0
        && header.payloadBytes() <= array.length - at - header.headerBytes()) {
      at += header.headerBytes() + (int) header.payloadBytes();
      // RFC 6455, section 5.4: the last frame of a message says so; control frames are whole.
      if (header.fin()) {
        pieces.add(content.slice(from, at));
        from = at;
      }
      header = FrameHeader.read(array, at, array.length);
    }
    if (from < array.length) {
      pieces.add(content.slice(from, array.length));
    }
    return pieces;
  }
}
