// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.http.internal.h2.FrameScan;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import org.jspecify.annotations.Nullable;

/** What bytes from the middle of a connection say about it, when they are HTTP/2. */
public final class Http2Hints {
  private Http2Hints() {}

  /**
   * Returns whether bytes that moved at once are a chain of frames from their first one on.
   *
   * @param request whether they went to the server
   */
  static boolean beginsWithFrames(Bytes run, boolean request) {
    return FrameScan.isChain(run, request);
  }

  /** Returns who sent bytes that moved at once; null when they are no frames, or don't tell. */
  public static @Nullable Role sender(Bytes run) {
    return FrameScan.sender(run);
  }
}
