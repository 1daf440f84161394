// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/**
 * SQL over captures: tables that are read from the files while a query runs. {@link
 * dev.tapedeck.analyzer.sql.SqlEngine} is where to begin, {@code docs/SQL.md} lists the tables.
 */
@NullMarked
package dev.tapedeck.analyzer.sql;

import org.jspecify.annotations.NullMarked;
