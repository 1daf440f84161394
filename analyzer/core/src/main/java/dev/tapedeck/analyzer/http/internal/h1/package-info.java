// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** The HTTP/1.x span parser; no promises. */
@NullMarked
package dev.tapedeck.analyzer.http.internal.h1;

import org.jspecify.annotations.NullMarked;
