// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.result;

/**
 * An endpoint whose answers took longer than they may.
 *
 * <p><b>Units:</b> microseconds from sent to the end of the answer.
 *
 * @param endpoint such as {@code GET /orders/{id}}
 * @param answers how many were compared
 * @param baselineP50Micros median of the recorded ones
 * @param actualP50Micros median of those now
 * @param limitMicros what the median may be
 * @param minAnswers with fewer of them nothing would be said
 */
public record SlowEndpoint(
    String endpoint,
    int answers,
    double baselineP50Micros,
    double actualP50Micros,
    double limitMicros,
    int minAnswers) {}
