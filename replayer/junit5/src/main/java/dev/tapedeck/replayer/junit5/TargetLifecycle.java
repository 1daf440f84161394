// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.junit5;

/** How long a target that a {@link TargetFactory} started lives, and what is sent to it at once. */
public enum TargetLifecycle {
  /**
   * One target for all {@link CaptureReplayTest} methods of the class that name the same factory.
   * Each of these methods sends its whole selection to it.
   */
  CLASS,
  /** One target for each method, which sends its whole selection to it. */
  METHOD,
  /**
   * A fresh target for each session, which is sent to it alone; only requests of other sessions
   * come before it whose answers mint values that the session carries. For applications whose
   * answers depend on what others did before.
   */
  SESSION
}
