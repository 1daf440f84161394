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
public record FlowUse(int exchange, Place place, String coding) {
  /** Returns whether it is a message behind an upgrade, which is sent while others are answered. */
  public boolean inMessage() {
    return place.part() instanceof Part.Message;
  }

  /** Returns which message it is, 0-based among the client's. */
  int message() {
    return ((Part.Message) place.part()).index();
  }
}
