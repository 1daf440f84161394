// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** What became of a replay. */
@NullMarked
package dev.tapedeck.replayer.result;

import org.jspecify.annotations.NullMarked;
