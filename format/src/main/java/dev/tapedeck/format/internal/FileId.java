// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal;

/**
 * The 16 bytes that mark every record of one file.
 *
 * @param first bytes 0 to 7, little-endian
 * @param second bytes 8 to 15, little-endian
 */
public record FileId(long first, long second) {}
