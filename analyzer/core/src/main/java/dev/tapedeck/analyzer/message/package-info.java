// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** The messages that an exchange carries inside itself: WebSocket messages, server-sent events. */
@NullMarked
package dev.tapedeck.analyzer.message;

import org.jspecify.annotations.NullMarked;
