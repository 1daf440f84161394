// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

/**
 * One header field with its place in the head.
 *
 * <p><b>Units and encoding:</b> ISO 8859-1 text, one character a byte; offsets in bytes from the
 * head's (or trailer section's) start.
 *
 * @param name as sent
 * @param value as sent, without the white space around it; folded lines keep their line breaks
 * @param nameOffset first byte of the name
 * @param valueOffset first byte of the value
 * @param valueEnd byte after the value's last
 */
public record HeaderField(
    String name, String value, int nameOffset, int valueOffset, int valueEnd) {}
