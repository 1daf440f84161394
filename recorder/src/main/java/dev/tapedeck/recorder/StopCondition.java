// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

/** Says when a recording is to end; asked several times a second. */
@FunctionalInterface
public interface StopCondition {
  /**
   * Returns whether the recording is to end now.
   *
   * @param soFar what has been recorded; losses and peak memory are left out
   */
  boolean reached(RecorderStats soFar);
}
