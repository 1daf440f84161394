// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Reads HTTP/2 frames and header blocks from bytes and gaps; internal, no promises. */
@NullMarked
package dev.tapedeck.analyzer.http.internal.h2;

import org.jspecify.annotations.NullMarked;
