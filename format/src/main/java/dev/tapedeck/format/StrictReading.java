// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/** Ends a reading at the first damage, where that was asked for. */
final class StrictReading {
  private StrictReading() {}

  /** Throws what says that the file is damaged. */
  static void refuse(String name, Damage damage) throws CaptureFormatException {
    if (damage.kind() == DamageKind.TRUNCATED) {
      throw new CaptureFormatException.Truncated(
          name, damage.offset(), "record", "a whole record", damage.reason());
    }
    throw new CaptureFormatException.Corrupt(
        name, damage.offset(), "record", "an undamaged file", damage.reason());
  }
}
