// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Writes recorded streams as packets that other tools read. */
@NullMarked
package dev.tapedeck.analyzer.export.pcapng;

import org.jspecify.annotations.NullMarked;
