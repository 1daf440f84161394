// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Captured text as people may see it. */
@NullMarked
package dev.tapedeck.analyzer.text;

import org.jspecify.annotations.NullMarked;
