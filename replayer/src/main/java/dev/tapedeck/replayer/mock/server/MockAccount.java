// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock.server;

import java.util.Map;
import java.util.TreeMap;

/**
 * What a mock was asked. {@code requests = answered + Σ misses}, but for handshakes that failed,
 * which are misses without a request.
 *
 * @param requests that came
 * @param answered with recorded answers
 * @param repeated of these, with an answer that had been given before
 * @param elsewhere of these, with an answer that was recorded while another exchange was served
 * @param misses by reason
 * @param unasked recorded answers that nobody asked for
 */
public record MockAccount(
    long requests,
    long answered,
    long repeated,
    long elsewhere,
    Map<String, Long> misses,
    long unasked) {
  public MockAccount {
    misses = new TreeMap<>(misses);
  }

  /** Returns how many misses there were. */
  public long missed() {
    return misses.values().stream().mapToLong(Long::longValue).sum();
  }
}
