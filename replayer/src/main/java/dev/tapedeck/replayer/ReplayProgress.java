// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

/**
 * How far a running replay is.
 *
 * @param planned requests of the plan
 * @param sent requests that went out
 * @param answered requests that were answered
 * @param failed requests that failed
 * @param elapsedNanos since the origin; negative before it
 */
public record ReplayProgress(int planned, int sent, int answered, int failed, long elapsedNanos) {}
