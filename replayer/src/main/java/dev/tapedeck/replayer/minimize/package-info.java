// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Shrinks what differs to the few exchanges that it takes, and writes these down. */
@NullMarked
package dev.tapedeck.replayer.minimize;

import org.jspecify.annotations.NullMarked;
