// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** The mock's listeners: a forward proxy, and one origin for each recorded service. */
@NullMarked
package dev.tapedeck.replayer.mock.server;

import org.jspecify.annotations.NullMarked;
