// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import dev.tapedeck.replayer.diff.Difference;

/**
 * A difference and the exchange it was found in.
 *
 * @param exchange what was recorded
 * @param difference what differs now
 */
public record ExchangeDifference(SelectedExchange exchange, Difference difference) {}
