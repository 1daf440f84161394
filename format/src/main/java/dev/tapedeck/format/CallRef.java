// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * The call that moved bytes, of which an event may hold one part.
 *
 * @param kind which function or system call
 * @param id unique for a call within a capture's host
 * @param partIndex 0-based part of the call that the event holds
 * @param requestedLength bytes the caller asked for; 0 when not known
 * @param returnedLength bytes the call moved in all its parts
 */
public record CallRef(
    CallKind kind, long id, int partIndex, long requestedLength, long returnedLength) {}
