// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Encryption of planes and of the keys that open them; FORMAT.md, section 13. No promises. */
@NullMarked
package dev.tapedeck.format.internal.crypto;

import org.jspecify.annotations.NullMarked;
