// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.result;

import dev.tapedeck.replayer.diff.Difference;
import dev.tapedeck.replayer.plan.SelectedExchange;

/**
 * A difference and the exchange it was found in.
 *
 * @param exchange what was recorded
 * @param difference what differs now
 */
public record ExchangeDifference(SelectedExchange exchange, Difference difference) {}
