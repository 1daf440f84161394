// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import dev.tapedeck.analyzer.HttpResponse;

/** Takes every whole answer, on the event loop of its connection. */
interface AnswerChecker {
  /** Compares the answer with what was recorded, now or later. */
  void check(PlannedRequest request, HttpResponse answer);
}
