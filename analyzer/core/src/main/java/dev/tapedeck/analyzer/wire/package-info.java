// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Makes the bytes that messages may have been, for captures that are not recorded. */
@NullMarked
package dev.tapedeck.analyzer.wire;

import org.jspecify.annotations.NullMarked;
