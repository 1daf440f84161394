// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Where requests go, and where they must not go. */
@NullMarked
package dev.tapedeck.replayer.target;

import org.jspecify.annotations.NullMarked;
