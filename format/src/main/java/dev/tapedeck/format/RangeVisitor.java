// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;

/** Passes on the events of a time range, and all damage. */
final class RangeVisitor extends ForwardingVisitor {
  private final TimeRange range;

  /**
   * Passes on.
   *
   * @param range of exit times
   */
  RangeVisitor(TimeRange range, CaptureVisitor visitor) {
    super(visitor);
    this.range = range;
  }

  @Override
  public void event(CaptureEvent event) throws IOException {
    if (range.contains(event.stamp().exitNanos())) {
      super.event(event);
    }
  }

  @Override
  public void data(DataRow row) throws IOException {
    if (range.contains(row.exitNanos())) {
      super.data(row);
    }
  }
}
