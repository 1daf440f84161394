// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import java.util.List;

/**
 * A conversation that was made up, and what is true of it.
 *
 * @param conversation who said what
 * @param truths its exchanges, in the order of their requests
 */
record RandomTalk(Conversation conversation, List<Truth> truths) {
  /**
   * An exchange as it was meant.
   *
   * @param id told apart by: in its target and in its answer's {@code x-id}
   * @param requestBody the request's content
   * @param interim the statuses of interim answers
   * @param status the answer's
   * @param responseBody the answer's content
   * @param trailers how many trailer fields the answer has
   * @param messages what it carries inside itself
   */
  record Truth(
      int id,
      String method,
      String requestBody,
      List<Integer> interim,
      int status,
      String responseBody,
      int trailers,
      List<String> messages) {}
}
