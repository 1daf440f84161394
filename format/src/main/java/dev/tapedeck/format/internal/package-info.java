// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Bytes of the capture file: record headers, columns, planes and the channel. No promises. */
@NullMarked
package dev.tapedeck.format.internal;

import org.jspecify.annotations.NullMarked;
