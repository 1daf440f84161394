// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * What a writer has done so far.
 *
 * @param events events in whole blocks of the file
 * @param payloadBytes bytes of their data events
 * @param blocks whole blocks in the file
 * @param fileBytes length of the file
 * @param lostEvents events lost by the known counts of the loss events in these blocks
 * @param lostBytes bytes lost by the known counts of the loss events in these blocks
 * @param droppedEvents events that a failed write dropped; loss events say so in the file as soon
 *     as a write succeeds
 * @param storedBlocks of the blocks, those that were not compressed
 * @param thoroughBlocks of the blocks, those that were compressed harder, for there was time
 * @param unstatedEvents dropped events, and events that loss events among them told of, that the
 *     file does not state yet
 * @param unstatedBytes bytes of data events that were dropped, and bytes that dropped loss events
 *     told of, likewise
 */
public record WriterStats(
    long events,
    long payloadBytes,
    long blocks,
    long fileBytes,
    long lostEvents,
    long lostBytes,
    long droppedEvents,
    long storedBlocks,
    long thoroughBlocks,
    long unstatedEvents,
    long unstatedBytes) {

  /** Returns the sums of these numbers and those of another file. */
  public WriterStats plus(WriterStats other) {
    return new WriterStats(
        events + other.events,
        payloadBytes + other.payloadBytes,
        blocks + other.blocks,
        fileBytes + other.fileBytes,
        lostEvents + other.lostEvents,
        lostBytes + other.lostBytes,
        droppedEvents + other.droppedEvents,
        storedBlocks + other.storedBlocks,
        thoroughBlocks + other.thoroughBlocks,
        unstatedEvents + other.unstatedEvents,
        unstatedBytes + other.unstatedBytes);
  }
}
