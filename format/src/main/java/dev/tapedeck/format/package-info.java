// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** The capture file: its events, and a reader and a writer for them. Knows nothing of HTTP. */
@NullMarked
package dev.tapedeck.format;

import org.jspecify.annotations.NullMarked;
