// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import org.jspecify.annotations.Nullable;

/**
 * The capture that sessions come from, and how ids tell it from others.
 *
 * @param file the capture's name, as the user gave it; null when there is only one and needs none
 * @param number 1-based place among the captures given; 0 when there is only one
 */
public record CaptureRef(@Nullable String file, int number) {
  /** The only capture. */
  public static final CaptureRef ONLY = new CaptureRef(null, 0);

  public CaptureRef {
    if (number < 0 || (number == 0) != (file == null)) {
      throw new IllegalArgumentException("number=" + number);
    }
  }

  /** Returns an id that is unambiguous among all captures given: {@code 12.3} or {@code 2:12.3}. */
  public String qualify(String id) {
    return number == 0 ? id : number + ":" + id;
  }
}
