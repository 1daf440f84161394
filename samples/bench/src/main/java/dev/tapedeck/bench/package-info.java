// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Benchmarks against stated yardsticks. */
@NullMarked
package dev.tapedeck.bench;

import org.jspecify.annotations.NullMarked;
