// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.Role;
import dev.tapedeck.format.TlsSessionId;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the connection a session ran on.
 *
 * <p><b>Units:</b> nanoseconds since the Unix epoch.
 *
 * @param connection the socket; null when no evidence names it
 * @param tlsSession the TLS session object; null when the bytes were taken from the socket
 * @param role the side from which the bytes were taken
 * @param process who held it
 * @param client the end that connected
 * @param server the end that accepted
 * @param netns network namespace of the recorded process; 0 when not known
 * @param link how TLS bytes and socket were linked
 * @param openedEpochNanos when it was opened; null when that was before the recording
 * @param closedEpochNanos when it was closed; null when that was not seen
 * @param tls what the ends agreed on; null when the bytes were taken from the socket
 */
public record ConnectionInfo(
    @Nullable ConnectionId connection,
    @Nullable TlsSessionId tlsSession,
    Role role,
    ProcessInfo process,
    Endpoint client,
    Endpoint server,
    long netns,
    Link link,
    @Nullable Long openedEpochNanos,
    @Nullable Long closedEpochNanos,
    @Nullable TlsInfo tls) {
  /** Makes one of which no handshake is known. */
  public ConnectionInfo(
      @Nullable ConnectionId connection,
      @Nullable TlsSessionId tlsSession,
      Role role,
      ProcessInfo process,
      Endpoint client,
      Endpoint server,
      long netns,
      Link link,
      @Nullable Long openedEpochNanos,
      @Nullable Long closedEpochNanos) {
    this(
        connection,
        tlsSession,
        role,
        process,
        client,
        server,
        netns,
        link,
        openedEpochNanos,
        closedEpochNanos,
        tlsSession == null ? null : TlsInfo.UNKNOWN);
  }

  /** Returns {@code https} for bytes taken from a TLS session, else {@code http}. */
  public String scheme() {
    return tlsSession == null ? "http" : "https";
  }
}
