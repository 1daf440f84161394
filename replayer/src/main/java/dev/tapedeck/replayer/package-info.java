// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Re-sends recorded sessions with the recorded order, pace and bytes, and accounts for each. */
@NullMarked
package dev.tapedeck.replayer;

import org.jspecify.annotations.NullMarked;
