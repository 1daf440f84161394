// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Which parts of captured traffic are secret, and how they are masked. */
@NullMarked
package dev.tapedeck.analyzer.redact;

import org.jspecify.annotations.NullMarked;
