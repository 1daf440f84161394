// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * Where an event came from inside the recorder; sequences without holes prove that none is missing.
 *
 * @param ring ring buffer number, from 0
 * @param cpu CPU that produced the event; −1 for events made in user space
 * @param sequence 0-based count of events produced on that CPU
 */
public record EventOrigin(int ring, int cpu, long sequence) {
  /** The origin of an event that user space made. */
  public static EventOrigin userSpace(long sequence) {
    return new EventOrigin(0, -1, sequence);
  }
}
