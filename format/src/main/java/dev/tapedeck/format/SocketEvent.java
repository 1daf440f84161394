// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import org.jspecify.annotations.Nullable;

/** The life of a socket. */
public sealed interface SocketEvent extends CaptureEvent {
  /** Returns the socket's lifetime that the event belongs to. */
  ConnectionId connection();

  /**
   * The process connected a socket.
   *
   * @param stamp who and when
   * @param connection the socket
   * @param descriptor the process's descriptor of it
   * @param flow addresses as known when the call returned
   */
  record Connect(EventStamp stamp, ConnectionId connection, DescriptorRef descriptor, FlowKey flow)
      implements SocketEvent {}

  /**
   * The process accepted a connection.
   *
   * @param stamp who and when
   * @param connection the socket
   * @param descriptor the process's descriptor of it
   * @param flow addresses
   */
  record Accept(EventStamp stamp, ConnectionId connection, DescriptorRef descriptor, FlowKey flow)
      implements SocketEvent {}

  /**
   * A socket was seen that had been opened before the recording, or in a way that was not seen.
   *
   * @param stamp who used it and when
   * @param connection the socket
   * @param descriptor the process's descriptor of it
   * @param flow addresses
   * @param role which end it is; null when not known
   */
  record Existing(
      EventStamp stamp,
      ConnectionId connection,
      DescriptorRef descriptor,
      FlowKey flow,
      @Nullable Role role)
      implements SocketEvent {}

  /**
   * A descriptor of the socket was duplicated, inherited or passed.
   *
   * @param stamp who and when
   * @param connection the socket
   * @param descriptor the new descriptor
   */
  record Dup(EventStamp stamp, ConnectionId connection, DescriptorRef descriptor)
      implements SocketEvent {}

  /**
   * A descriptor of the socket was closed, or the recorder stopped following the socket.
   *
   * @param stamp who and when
   * @param connection the socket
   * @param descriptor the descriptor that was closed
   * @param end what is known of the socket's two streams at that moment
   */
  record Close(EventStamp stamp, ConnectionId connection, DescriptorRef descriptor, StreamEnds end)
      implements SocketEvent {}
}
