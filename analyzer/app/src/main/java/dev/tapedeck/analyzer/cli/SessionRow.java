// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.SessionSummary;
import org.jspecify.annotations.Nullable;

/**
 * A session in a list.
 *
 * @param summary what is known of it
 * @param exchanges its exchanges as they are to be written; null where only the summary is shown
 */
record SessionRow(SessionSummary summary, Spool.@Nullable Text exchanges) {}
