// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.capture;

import dev.tapedeck.analyzer.Session;
import java.util.List;

/**
 * What a replay needs of one capture.
 *
 * @param name of the file
 * @param hostId the host it was recorded on
 * @param hostName that host's name; empty when not known
 * @param startEpochNanos when its first event was; relative times of filters count from there
 * @param sessions in ascending number
 * @param bodies where the bodies of their exchanges are
 */
public record RecordedCapture(
    String name,
    long hostId,
    String hostName,
    long startEpochNanos,
    List<Session> sessions,
    BodyStore bodies) {
  public RecordedCapture {
    sessions = List.copyOf(sessions);
  }

  /** Returns one whose exchanges hold their bodies. */
  public static RecordedCapture inMemory(
      String name, long hostId, String hostName, long startEpochNanos, List<Session> sessions) {
    return new RecordedCapture(
        name, hostId, hostName, startEpochNanos, sessions, new BodyStore(Long.MAX_VALUE));
  }
}
