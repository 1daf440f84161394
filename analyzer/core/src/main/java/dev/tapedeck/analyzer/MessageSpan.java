// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

/**
 * Where a message lies in its stream and when it moved.
 *
 * @param from position of its first byte
 * @param to position after its last byte
 * @param firstEpochNanos when its first byte moved, Unix epoch
 * @param lastEpochNanos when its last byte moved, Unix epoch
 */
public record MessageSpan(long from, long to, long firstEpochNanos, long lastEpochNanos) {}
