// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Loading, attaching and reading of BPF objects, as idiomatic Java without pointers. */
@NullMarked
package dev.tapedeck.recorder.bpf;

import org.jspecify.annotations.NullMarked;
