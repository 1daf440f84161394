// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.splice;

/**
 * A value within a text.
 *
 * @param from its first character
 * @param to the character after its last
 * @param coding how it is written there
 */
public record Slice(int from, int to, Coding coding) {}
