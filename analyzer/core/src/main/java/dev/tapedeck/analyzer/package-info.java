// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Sessions and exchanges, reconstructed from the events of captures. */
@NullMarked
package dev.tapedeck.analyzer;

import org.jspecify.annotations.NullMarked;
