// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Recorded requests as scripts that send them again. What was recorded can be hostile: none of it
 * may become part of a script's syntax.
 */
@NullMarked
package dev.tapedeck.analyzer.export.script;

import org.jspecify.annotations.NullMarked;
