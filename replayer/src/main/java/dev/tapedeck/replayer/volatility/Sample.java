// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.volatility;

/**
 * A volatile value that was seen.
 *
 * @param text it may be a secret
 * @param number whether it is a JSON number
 * @param answeredEpochNanos when the answer came that holds it
 */
public record Sample(String text, boolean number, long answeredEpochNanos) {
  /** Says nothing of the value. */
  @Override
  public String toString() {
    return "Sample[" + text.length() + " characters]";
  }
}
