// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Typed differences between a recorded answer and the answer now. */
@NullMarked
package dev.tapedeck.replayer.diff;

import org.jspecify.annotations.NullMarked;
