// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Counts, errors, latencies and bytes of exchanges that belong together. */
@NullMarked
package dev.tapedeck.analyzer.stats;

import org.jspecify.annotations.NullMarked;
