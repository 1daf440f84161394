// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** What recorded WebSocket clients said, when, and after what; no sockets. */
@NullMarked
package dev.tapedeck.replayer.websocket;

import org.jspecify.annotations.NullMarked;
