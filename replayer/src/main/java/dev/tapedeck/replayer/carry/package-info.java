// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Makes the requests that are sent: flowed values carried over, then rewritten by rules. */
@NullMarked
package dev.tapedeck.replayer.carry;

import org.jspecify.annotations.NullMarked;
