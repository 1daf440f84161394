// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import org.jspecify.annotations.Nullable;

/** The life of a TLS session object, and evidence of the socket it uses. */
public sealed interface TlsEvent extends CaptureEvent {
  /** Returns the session object's lifetime that the event belongs to. */
  TlsSessionId session();

  /** The object was made. */
  record New(EventStamp stamp, TlsSessionId session) implements TlsEvent {}

  /**
   * The handshake was completed.
   *
   * @param stamp who and when
   * @param session the object
   * @param version such as {@code TLSv1.3}; empty when not known
   * @param cipher name; empty when not known
   * @param serverName SNI; empty when not known
   * @param alpn negotiated protocol; empty when not known
   */
  record Handshake(
      EventStamp stamp,
      TlsSessionId session,
      String version,
      String cipher,
      String serverName,
      String alpn)
      implements TlsEvent {}

  /** The object was cleared for another connection. */
  record Clear(EventStamp stamp, TlsSessionId session) implements TlsEvent {}

  /** The process asked to close the session. */
  record Shutdown(EventStamp stamp, TlsSessionId session) implements TlsEvent {}

  /**
   * The object was freed, or the recorder stopped following it.
   *
   * @param stamp who and when
   * @param session the object
   * @param end what is known of the two plaintext streams at that moment
   */
  record Free(EventStamp stamp, TlsSessionId session, StreamEnds end) implements TlsEvent {}

  /**
   * Evidence of which socket the session's bytes go through.
   *
   * @param stamp who and when
   * @param session the object
   * @param evidence what shows it
   * @param descriptor the descriptor, as named or used by the process
   * @param connection the socket behind the descriptor at that moment; null when not known
   */
  record Binding(
      EventStamp stamp,
      TlsSessionId session,
      Evidence evidence,
      DescriptorRef descriptor,
      @Nullable ConnectionId connection)
      implements TlsEvent {}

  /** What shows that a session uses a socket, strongest first; numbers as in the registry. */
  enum Evidence {
    /** {@code SSL_set_fd}. */
    SET_FD(1),
    /** {@code SSL_set_rfd}: incoming only. */
    SET_RFD(2),
    /** {@code SSL_set_wfd}: outgoing only. */
    SET_WFD(3),
    /** {@code SSL_set_bio} with a BIO whose descriptor is known. */
    BIO(4),
    /** A socket call that sent, nested in a call of the session on the same thread. */
    NESTED_SEND(5),
    /** A socket call that received, nested in a call of the session on the same thread. */
    NESTED_RECEIVE(6);

    private final int number;

    Evidence(int number) {
      this.number = number;
    }

    /** Returns the registry's number. */
    public int number() {
      return number;
    }

    /** Returns the evidence of a registry number; null for one of a later version. */
    static @Nullable Evidence ofNumber(long number) {
      for (Evidence evidence : values()) {
        if (evidence.number == number) {
          return evidence;
        }
      }
      return null;
    }
  }
}
