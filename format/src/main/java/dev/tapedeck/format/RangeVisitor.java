// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;

/**
 * Passes on the events of a time range.
 *
 * @param range of exit times
 * @param visitor takes what is in the range, and all damage
 */
record RangeVisitor(TimeRange range, CaptureVisitor visitor) implements CaptureVisitor {
  @Override
  public void event(CaptureEvent event) throws IOException {
    if (range.contains(event.stamp().exitNanos())) {
      visitor.event(event);
    }
  }

  @Override
  public void damage(Damage damage) throws IOException {
    visitor.damage(damage);
  }

  @Override
  public void watermark(long monotonicNanos) throws IOException {
    visitor.watermark(monotonicNanos);
  }

  @Override
  public void loss(CopyLoss loss) throws IOException {
    visitor.loss(loss);
  }
}
