// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What reading a record gave, kept to be told later.
 *
 * <p><b>Threads:</b> filled by one thread, then handed over to another.
 */
final class RecordOutcome implements CaptureVisitor {
  /** Events, damage, losses, and watermarks as numbers, in order. */
  private final List<Object> found = new ArrayList<>();

  private @Nullable IOException failure;

  @Override
  public void event(CaptureEvent event) {
    found.add(event);
  }

  @Override
  public void damage(Damage damage) {
    found.add(damage);
  }

  @Override
  public void watermark(long monotonicNanos) {
    found.add(monotonicNanos);
  }

  @Override
  public void loss(CopyLoss loss) {
    found.add(loss);
  }

  /** Ends the outcome: reading went no further. */
  RecordOutcome failed(IOException cause) {
    failure = cause;
    return this;
  }

  /** Tells what was found, and throws what ended it. */
  void tell(CaptureVisitor visitor, RecordWalk.DamageSink sink) throws IOException {
    for (Object one : found) {
      if (one instanceof CaptureEvent event) {
        visitor.event(event);
      } else if (one instanceof Damage damage) {
        sink.damage(damage);
      } else if (one instanceof CopyLoss loss) {
        visitor.loss(loss);
      } else if (one instanceof Long monotonicNanos) {
        visitor.watermark(monotonicNanos);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
