// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Requests changed at single places: what is not meant keeps its bytes. */
@NullMarked
package dev.tapedeck.replayer.splice;

import org.jspecify.annotations.NullMarked;
