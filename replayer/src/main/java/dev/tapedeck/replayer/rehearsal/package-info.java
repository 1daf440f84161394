// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** A replay against ourselves, which makes the one that counts warm. */
@NullMarked
package dev.tapedeck.replayer.rehearsal;

import org.jspecify.annotations.NullMarked;
