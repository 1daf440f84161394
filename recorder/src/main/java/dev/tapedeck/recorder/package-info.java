// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Finds processes, attaches to them, drains the ring and writes a capture. */
@NullMarked
package dev.tapedeck.recorder;

import org.jspecify.annotations.NullMarked;
