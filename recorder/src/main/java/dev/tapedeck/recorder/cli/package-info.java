// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** The command line of the recorder. */
@NullMarked
package dev.tapedeck.recorder.cli;

import org.jspecify.annotations.NullMarked;
