// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.result;

import dev.tapedeck.replayer.plan.Pace;
import org.jspecify.annotations.Nullable;

/**
 * How well a replay kept its schedule.
 *
 * @param pace what was asked for
 * @param scheduledRate requests a second by their due times; null when all were due at once
 * @param achievedRate requests a second by the times they were sent; null for fewer than two
 * @param lateness sent − max(due, ready)
 * @param blocked ready − due of the requests for which it is positive: they waited for an answer
 * @param driftMicros how long after its due time the last request was sent; null when none was
 */
public record PaceReport(
    Pace pace,
    @Nullable Double scheduledRate,
    @Nullable Double achievedRate,
    Quantiles lateness,
    Quantiles blocked,
    @Nullable Double driftMicros) {}
