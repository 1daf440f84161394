// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Sends a plan on its schedule: event loops, connections, timers and the account. */
@NullMarked
package dev.tapedeck.replayer.engine;

import org.jspecify.annotations.NullMarked;
