// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a visitor was told, kept to be told to another.
 *
 * <p><b>Threads:</b> filled by one thread, then handed over to another.
 */
public final class HeldSection implements CaptureSection, CaptureVisitor {
  /** What an event takes without its payload, about. */
  private static final int EVENT_BYTES = 256;

  /** Events, damage, losses, and watermarks as numbers, in order. */
  private final List<Object> found = new ArrayList<>();

  private long events;
  private long bytes;
  private @Nullable IOException failure;

  /** Begins with nothing. */
  public HeldSection() {}

  @Override
  public void event(CaptureEvent event) {
    found.add(event);
    events++;
    bytes += EVENT_BYTES;
    if (event instanceof StreamEvent.Data data) {
      bytes += data.capturedLength();
    }
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

  /** Ends the section: reading went no further. */
  HeldSection failed(IOException cause) {
    failure = cause;
    return this;
  }

  @Override
  public long events() {
    return events;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public void decode(CaptureVisitor visitor) throws IOException {
    for (Object one : found) {
      if (one instanceof CaptureEvent event) {
        visitor.event(event);
      } else if (one instanceof Damage damage) {
        visitor.damage(damage);
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
