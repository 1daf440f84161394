// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * What became of the events of captures that were written anew: {@code eventsRead} = {@code
 * eventsKept} + {@code eventsLeftOut} + {@code eventsReplaced}, and the new file holds {@code
 * eventsKept} + {@code eventsReplaced} + {@code statedLosses}.
 *
 * @param eventsRead events that the captures gave
 * @param eventsKept of these, written as they were
 * @param eventsLeftOut of these, not selected, or there twice
 * @param eventsReplaced of these, written as a loss: their payload was damaged, or this version
 *     knows them in part only
 * @param statedLosses losses that were written for what the captures could not give
 * @param unknownEvents of {@code eventsKept}, those of a kind that this version does not know: only
 *     who and when is kept of them
 */
public record RewriteStats(
    long eventsRead,
    long eventsKept,
    long eventsLeftOut,
    long eventsReplaced,
    long statedLosses,
    long unknownEvents) {}
