// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Captures, as far as a replay needs them. */
@NullMarked
package dev.tapedeck.replayer.capture;

import org.jspecify.annotations.NullMarked;
