// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.report;

import dev.tapedeck.analyzer.listing.CaptureListing;

/**
 * An exchange that is shown in detail.
 *
 * @param why what makes it worth that, such as {@code slow}
 * @param weight the larger, the earlier among those of the same kind
 */
record Chosen(CaptureListing listing, int number, String why, long weight) {}
