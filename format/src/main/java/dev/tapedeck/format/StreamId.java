// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * The ordered bytes of one direction of a connection or TLS session.
 *
 * @param owner the connection or TLS session
 * @param direction which way the bytes went
 */
public record StreamId(StreamOwner owner, Direction direction) {}
