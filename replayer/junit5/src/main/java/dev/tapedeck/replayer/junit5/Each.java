// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.junit5;

/** What one invocation of a {@link CaptureReplayTest} stands for. */
public enum Each {
  /** One recorded connection with its exchanges. */
  SESSION,
  /** One recorded exchange. It is sent with the rest of its session all the same. */
  EXCHANGE
}
