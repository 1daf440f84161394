// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** The interactive prompt for SQL: lines edited on a terminal, with completion. */
@NullMarked
package dev.tapedeck.analyzer.sql.prompt;

import org.jspecify.annotations.NullMarked;
