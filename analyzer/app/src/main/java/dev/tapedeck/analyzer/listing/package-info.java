// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Exchanges of a capture as rows that can be listed, sorted and found again at once. */
@NullMarked
package dev.tapedeck.analyzer.listing;

import org.jspecify.annotations.NullMarked;
