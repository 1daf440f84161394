// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * One lifetime of a socket.
 *
 * @param hostId the host, as in {@link CaptureHeader}
 * @param socket sockfs inode, as in {@code /proc/net/tcp}; imports use synthetic numbers
 * @param generation tells lifetimes of a reused inode apart: larger is later
 */
public record ConnectionId(long hostId, long socket, long generation) implements StreamOwner {}
