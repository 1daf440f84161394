// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

/**
 * When two answers came, by which their times are compared.
 *
 * <p><b>Units:</b> nanoseconds since the Unix epoch.
 *
 * @param baselineEpochNanos of the recorded answer, or the one that stands for it
 * @param nowEpochNanos of the answer now
 */
public record Moments(long baselineEpochNanos, long nowEpochNanos) {}
