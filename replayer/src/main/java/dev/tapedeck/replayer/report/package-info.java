// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Plans and results of replays, written for people, for builds and for scripts. */
@NullMarked
package dev.tapedeck.replayer.report;

import org.jspecify.annotations.NullMarked;
