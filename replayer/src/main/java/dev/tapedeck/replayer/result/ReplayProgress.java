// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.result;

/**
 * How far a running replay is.
 *
 * @param planned requests of the plan
 * @param sent requests that went out
 * @param answered requests that were answered
 * @param failed requests that failed
 * @param errors failures and unexpected answers of class 5xx
 * @param recentLatenessNanos the worst since this was asked for last
 * @param elapsedNanos since the origin; negative before it
 */
public record ReplayProgress(
    int planned,
    int sent,
    int answered,
    int failed,
    int errors,
    long recentLatenessNanos,
    long elapsedNanos) {}
