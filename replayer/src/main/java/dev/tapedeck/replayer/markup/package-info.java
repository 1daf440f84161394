// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** XML and HTML documents as trees, for comparison. */
@NullMarked
package dev.tapedeck.replayer.markup;

import org.jspecify.annotations.NullMarked;
