// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Starts and ends the process that a replay is sent to. */
@NullMarked
package dev.tapedeck.replayer.launch;

import org.jspecify.annotations.NullMarked;
