// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Writes the essential of captures as one HTML file that needs nothing else and runs nothing. */
@NullMarked
package dev.tapedeck.analyzer.report;

import org.jspecify.annotations.NullMarked;
