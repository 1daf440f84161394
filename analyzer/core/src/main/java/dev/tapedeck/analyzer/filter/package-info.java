// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The filter language: one way to say which exchanges a command is about. {@code docs/FILTER.md}
 * describes it; {@link dev.tapedeck.analyzer.filter.Filter} is where to begin.
 */
@NullMarked
package dev.tapedeck.analyzer.filter;

import org.jspecify.annotations.NullMarked;
