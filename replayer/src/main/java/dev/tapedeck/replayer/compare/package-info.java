// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Compares the answers of a running replay with the recorded ones. */
@NullMarked
package dev.tapedeck.replayer.compare;

import org.jspecify.annotations.NullMarked;
