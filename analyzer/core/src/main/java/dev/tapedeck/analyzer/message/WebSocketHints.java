// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.message;

import dev.tapedeck.format.Bytes;

/** What bytes from the middle of a connection say about it, when they are WebSocket frames. */
public final class WebSocketHints {
  private WebSocketHints() {}

  /**
   * Returns whether bytes that moved at once are frames of a client from their first one on, beyond
   * doubt: only clients mask (RFC 6455, section 5.1).
   */
  public static boolean beginsWithClientFrames(Bytes run) {
    FrameSearch search = new FrameSearch(true, DeflateParameters.UNKNOWN);
    boolean found = search.add(new FrameSearch.Run(run, 0, 0, 0)) || search.end();
    return found && search.skippedBytes() == 0;
  }
}
