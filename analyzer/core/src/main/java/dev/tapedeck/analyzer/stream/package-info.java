// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Reassembly of the ordered bytes of one direction, with gaps as first-class values. */
@NullMarked
package dev.tapedeck.analyzer.stream;

import org.jspecify.annotations.NullMarked;
