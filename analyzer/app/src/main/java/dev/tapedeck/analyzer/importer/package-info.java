// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Makes captures of what other tools recorded. */
@NullMarked
package dev.tapedeck.analyzer.importer;

import org.jspecify.annotations.NullMarked;
