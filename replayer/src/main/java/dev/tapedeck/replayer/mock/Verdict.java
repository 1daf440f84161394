// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

/** Whether a request gets a recorded answer. */
public sealed interface Verdict {
  /**
   * It does.
   *
   * @param call whose answer
   * @param repeated whether that answer was given before
   * @param elsewhere whether the call was recorded while another exchange was served than those
   *     that are served now
   */
  record Hit(RecordedCall call, boolean repeated, boolean elsewhere) implements Verdict {}

  /** It does not. */
  record None(Miss miss) implements Verdict {}
}
