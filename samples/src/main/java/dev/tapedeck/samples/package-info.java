// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Generators, workloads and end-to-end tests of the conformance corpus. */
@NullMarked
package dev.tapedeck.samples;

import org.jspecify.annotations.NullMarked;
