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
 * @param peer the process at the other end; null when that was not seen on a recorded host
 * @param tls what the ends agreed on; null when the bytes were taken from the socket
 * @param proxy what a proxy said of it before its first byte; null when none did
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
    @Nullable ProcessInfo peer,
    @Nullable TlsInfo tls,
    @Nullable ProxyHeader proxy) {
  /** Returns the same connection, of which a proxy said that. */
  public ConnectionInfo with(ProxyHeader header) {
    return new ConnectionInfo(
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
        peer,
        tls,
        header);
  }

  /** Returns a builder of one of which nothing but the role is known. */
  public static Builder newBuilder(Role role) {
    return new Builder(role);
  }

  /** Returns {@code https} for bytes taken from a TLS session, else {@code http}. */
  public String scheme() {
    return tlsSession == null ? "http" : "https";
  }

  /** Collects what is known; confined to one thread. */
  public static final class Builder {
    private final Role role;
    private @Nullable ConnectionId connection;
    private @Nullable TlsSessionId tlsSession;
    private ProcessInfo process = ProcessInfo.UNKNOWN;
    private Endpoint client = Endpoint.UNKNOWN;
    private Endpoint server = Endpoint.UNKNOWN;
    private long netns;
    private Link link = Link.NONE;
    private @Nullable Long openedEpochNanos;
    private @Nullable Long closedEpochNanos;
    private @Nullable ProcessInfo peer;
    private @Nullable TlsInfo tls;

    private Builder(Role role) {
      this.role = role;
    }

    public Builder connection(@Nullable ConnectionId id) {
      connection = id;
      return this;
    }

    public Builder tlsSession(@Nullable TlsSessionId id) {
      tlsSession = id;
      return this;
    }

    public Builder process(ProcessInfo info) {
      process = info;
      return this;
    }

    public Builder client(Endpoint end) {
      client = end;
      return this;
    }

    public Builder server(Endpoint end) {
      server = end;
      return this;
    }

    public Builder netns(long inode) {
      netns = inode;
      return this;
    }

    public Builder link(Link found) {
      link = found;
      return this;
    }

    public Builder openedEpochNanos(@Nullable Long nanos) {
      openedEpochNanos = nanos;
      return this;
    }

    public Builder closedEpochNanos(@Nullable Long nanos) {
      closedEpochNanos = nanos;
      return this;
    }

    public Builder peer(@Nullable ProcessInfo info) {
      peer = info;
      return this;
    }

    public Builder tls(@Nullable TlsInfo info) {
      tls = info;
      return this;
    }

    /** Returns the value; of a TLS session without handshake facts they are unknown, not null. */
    public ConnectionInfo build() {
      TlsInfo agreed = tls == null && tlsSession != null ? TlsInfo.UNKNOWN : tls;
      return new ConnectionInfo(
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
          peer,
          agreed,
          null);
    }
  }
}
