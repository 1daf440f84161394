// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Endpoint;
import java.util.List;
import java.util.Map;

/**
 * What a replay needs of one capture.
 *
 * @param name of the file
 * @param hostId the host it was recorded on
 * @param hostName that host's name; empty when not known
 * @param startEpochNanos when its first event was; relative times of filters count from there
 * @param sessions in ascending number
 * @param callers which process opened a connection, as far as that was recorded
 */
public record RecordedCapture(
    String name,
    long hostId,
    String hostName,
    long startEpochNanos,
    List<Session> sessions,
    Map<Ends, Integer> callers) {
  public RecordedCapture {
    sessions = List.copyOf(sessions);
    callers = Map.copyOf(callers);
  }

  /**
   * The two ends of a connection. Without the network namespace: each end may have its own.
   *
   * @param client the end that connected
   * @param server the end that accepted
   */
  public record Ends(Endpoint client, Endpoint server) {}
}
