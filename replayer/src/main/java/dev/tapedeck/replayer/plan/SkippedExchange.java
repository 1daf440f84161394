// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

/**
 * An exchange that is not sent.
 *
 * @param exchange what was recorded
 * @param reason why
 */
public record SkippedExchange(SelectedExchange exchange, SkipReason reason) {}
