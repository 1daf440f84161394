// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** What values that change from answer to answer still have to be. */
@NullMarked
package dev.tapedeck.replayer.volatility;

import org.jspecify.annotations.NullMarked;
