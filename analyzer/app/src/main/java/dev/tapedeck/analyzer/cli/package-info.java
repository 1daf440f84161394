// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** The command line of the analyzer. */
@NullMarked
package dev.tapedeck.analyzer.cli;

import org.jspecify.annotations.NullMarked;
