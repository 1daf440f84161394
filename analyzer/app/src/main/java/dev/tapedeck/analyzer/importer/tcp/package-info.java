// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Follows TCP connections through segments: which bytes stand where, and which never came. */
@NullMarked
package dev.tapedeck.analyzer.importer.tcp;

import org.jspecify.annotations.NullMarked;
