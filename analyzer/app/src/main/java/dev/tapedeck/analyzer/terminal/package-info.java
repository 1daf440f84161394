// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** What a person at a terminal reads: harmless text, tables, colours, pages and progress. */
@NullMarked
package dev.tapedeck.analyzer.terminal;

import org.jspecify.annotations.NullMarked;
