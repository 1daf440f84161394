// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * An event of a kind that this version does not know.
 *
 * @param stamp who and when
 * @param kind the kind's number
 */
public record UnknownEvent(EventStamp stamp, int kind) implements CaptureEvent {}
