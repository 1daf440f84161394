// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** What changes from answer to answer: found by asking again, and written down as rules. */
@NullMarked
package dev.tapedeck.replayer.learn;

import org.jspecify.annotations.NullMarked;
