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
 * @param lostEvents events that the capture says were lost, where a count is known
 * @param lostBytes bytes missing from the streams that were read
 * @param damages parts of the source that could not be read
 */
public record AnalysisStats(
    long events,
    long sessions,
    long exchanges,
    long foldedExchanges,
    long lostEvents,
    long lostBytes,
    long damages) {}
