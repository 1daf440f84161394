// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** HTTP messages: heads, bodies, trailers and what was odd about them. */
@NullMarked
package dev.tapedeck.analyzer.http;

import org.jspecify.annotations.NullMarked;
