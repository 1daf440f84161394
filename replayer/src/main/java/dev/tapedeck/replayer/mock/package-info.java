// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Which recorded answer of a downstream service a request gets, and why another one gets none. */
@NullMarked
package dev.tapedeck.replayer.mock;

import org.jspecify.annotations.NullMarked;
