// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** The analysis itself: two readings of a capture become sessions. */
@NullMarked
package dev.tapedeck.analyzer.session;

import org.jspecify.annotations.NullMarked;
