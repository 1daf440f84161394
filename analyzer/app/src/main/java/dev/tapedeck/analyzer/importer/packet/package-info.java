// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Reads packet files and finds the TCP segments in their frames. */
@NullMarked
package dev.tapedeck.analyzer.importer.packet;

import org.jspecify.annotations.NullMarked;
