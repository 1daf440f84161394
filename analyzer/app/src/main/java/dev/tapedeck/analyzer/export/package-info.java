// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Exporters of exchanges into other tools' formats. */
@NullMarked
package dev.tapedeck.analyzer.export;

import org.jspecify.annotations.NullMarked;
