// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

/**
 * A place of a request that carries a minted value.
 *
 * @param exchange 0-based number of the request among those that were searched
 * @param place where
 * @param coding how the value is written there, such as {@code plain} or {@code form base64}
 */
public record FlowUse(int exchange, Place place, String coding) {}
