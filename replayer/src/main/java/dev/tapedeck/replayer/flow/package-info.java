// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Values that a recorded answer minted and a later recorded request sent back. */
@NullMarked
package dev.tapedeck.replayer.flow;

import org.jspecify.annotations.NullMarked;
