// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Reads HTTP Archives and makes the bytes that their entries may have been. */
@NullMarked
package dev.tapedeck.analyzer.importer.har;

import org.jspecify.annotations.NullMarked;
