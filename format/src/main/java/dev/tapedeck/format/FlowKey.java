// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * The addresses of one connection, seen from the process that holds the socket.
 *
 * @param local this side
 * @param remote the peer
 * @param netns network namespace inode; 0 when not known
 */
public record FlowKey(Endpoint local, Endpoint remote, long netns) {
  /** A flow that nothing is known of. */
  public static final FlowKey UNKNOWN = new FlowKey(Endpoint.UNKNOWN, Endpoint.UNKNOWN, 0);

  /** Returns the same flow seen from the peer, in the same network namespace. */
  public FlowKey reversed() {
    return new FlowKey(remote, local, netns);
  }
}
