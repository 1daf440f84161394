// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.analyzer.HttpResponse;
import org.jspecify.annotations.Nullable;

/** Whether a request gets a recorded answer. */
public sealed interface Verdict {
  /**
   * It does.
   *
   * @param call whose answer
   * @param response that answer with its body, where values have the names of now
   * @param conversation what follows an upgrade to WebSocket; null for other answers
   * @param repeated whether that answer was given before
   * @param elsewhere whether the call was recorded while another exchange was served than those
   *     that are served now
   */
  record Hit(
      RecordedCall call,
      HttpResponse response,
      @Nullable Conversation conversation,
      boolean repeated,
      boolean elsewhere)
      implements Verdict {}

  /**
   * It does, message by message.
   *
   * @param hit with the head of the answer and its end
   * @param call what is said in between
   */
  record Talk(Hit hit, TwoWayCall call) implements Verdict {}

  /** It does not. */
  record None(Miss miss) implements Verdict {}
}
