// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** What rules files of all tools share: how they are read, and the patterns in them. */
@NullMarked
package dev.tapedeck.analyzer.rules;

import org.jspecify.annotations.NullMarked;
