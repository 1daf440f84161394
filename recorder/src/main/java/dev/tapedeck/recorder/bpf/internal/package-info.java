// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** The raw libbpf and libc calls and the layouts of the shared structs; no promises. */
@NullMarked
package dev.tapedeck.recorder.bpf.internal;

import org.jspecify.annotations.NullMarked;
