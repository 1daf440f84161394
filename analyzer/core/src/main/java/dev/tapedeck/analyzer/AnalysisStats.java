// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

/**
 * What an analysis went through.
 *
 * @param events events read
 * @param sessions sessions handed out
 * @param exchanges exchanges in them
 * @param foldedExchanges exchanges that were shown from the other end of their connection
 * @param otherStreams pairs of streams that were left out because they carry no HTTP
 * @param otherBytes captured bytes of these
 * @param lostEvents events that the capture says were lost, where a count is known
 * @param lostBytes bytes missing from the sessions handed out
 * @param damages parts of the source that could not be read
 */
public record AnalysisStats(
    long events,
    long sessions,
    long exchanges,
    long foldedExchanges,
    long otherStreams,
    long otherBytes,
    long lostEvents,
    long lostBytes,
    long damages) {}
