// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** The command line of the replayer. */
@NullMarked
package dev.tapedeck.replayer.cli;

import org.jspecify.annotations.NullMarked;
