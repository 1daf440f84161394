// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * One lifetime of a TLS library's connection object ({@code SSL*}).
 *
 * @param process the process whose memory holds the object
 * @param pointer the object's address
 * @param generation tells lifetimes of a reused address apart: larger is later
 */
public record TlsSessionId(ProcessKey process, long pointer, long generation)
    implements StreamOwner {}
