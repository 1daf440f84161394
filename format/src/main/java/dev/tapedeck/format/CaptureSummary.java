// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.List;

/**
 * What a capture holds, from the headers of its last records alone.
 *
 * <p><b>Units:</b> times in nanoseconds of the recording host's monotonic clock, 0 when there is no
 * event.
 *
 * @param blocks whole blocks
 * @param events events in them
 * @param payloadBytes bytes of their data events
 * @param fileBytes length of the file
 * @param firstNanos earliest exit time of an event
 * @param lastNanos latest exit time of an event
 * @param watermarkNanos no event with an earlier exit time would have followed; 0 when not known
 * @param lostEvents events lost, as far as loss events know
 * @param lostBytes bytes lost, as far as loss events know
 * @param complete true when the file was finished: its trailer is there
 * @param indexed true when the numbers come from what a checkpoint, footer or trailer states of
 *     everything before it: parts of the file that were damaged since are counted as if they were
 *     whole, and {@code damages} does not name them. False when every record's header was seen
 * @param unknownRecords records of a later version among those that were seen
 * @param damages what is wrong with the file as far as this look showed
 */
public record CaptureSummary(
    long blocks,
    long events,
    long payloadBytes,
    long fileBytes,
    long firstNanos,
    long lastNanos,
    long watermarkNanos,
    long lostEvents,
    long lostBytes,
    boolean complete,
    boolean indexed,
    long unknownRecords,
    List<Damage> damages) {
  public CaptureSummary {
    damages = List.copyOf(damages);
  }
}
