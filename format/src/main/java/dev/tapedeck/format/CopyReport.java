// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.List;

/**
 * What a copy holds and what was lost on the way.
 *
 * @param blocks blocks that were taken over
 * @param events events in them
 * @param dataBytes captured bytes of data events in them
 * @param fileBytes length of the file that was made
 * @param firstSequence number of the first block that it could hold
 * @param endSequence number of the first block after it
 * @param damages what was wrong with the file that was read
 * @param lostBlocks blocks that are known to be lost
 * @param lostEvents events that are known to be lost
 * @param lostDataBytes captured bytes that are known to be lost
 * @param lossUnknown true when something was lost of which nobody knows how much it was
 * @param unfinished true when the file that was read was never finished, as its name says: it ends
 *     where its writer stood, perhaps inside a record
 * @param unknownRecords records of a later version, which were left out
 */
public record CopyReport(
    long blocks,
    long events,
    long dataBytes,
    long fileBytes,
    long firstSequence,
    long endSequence,
    List<Damage> damages,
    long lostBlocks,
    long lostEvents,
    long lostDataBytes,
    boolean lossUnknown,
    boolean unfinished,
    long unknownRecords) {
  public CopyReport {
    damages = List.copyOf(damages);
  }

  /** Returns true when everything was taken over that the file once held. */
  public boolean isLossless() {
    return !lossUnknown && lostBlocks == 0 && lostEvents == 0 && lostDataBytes == 0;
  }
}
