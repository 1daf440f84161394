// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.redact.Redactor;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.CopyLoss;
import dev.tapedeck.format.Damage;
import java.io.IOException;

/** Hands events on with their secrets masked; confined to one thread. */
final class MaskedVisitor implements CaptureVisitor {
  private final Redactor redactor;
  private final CaptureVisitor visitor;

  MaskedVisitor(Redactor redactor, CaptureVisitor visitor) {
    this.redactor = redactor;
    this.visitor = visitor;
  }

  @Override
  public void event(CaptureEvent event) throws IOException {
    redactor.event(event, visitor::event);
  }

  @Override
  public void damage(Damage damage) throws IOException {
    visitor.damage(damage);
  }

  @Override
  public void watermark(long monotonicNanos) throws IOException {
    visitor.watermark(redactor.watermark(monotonicNanos, visitor::event));
  }

  @Override
  public void loss(CopyLoss loss) throws IOException {
    visitor.loss(loss);
  }
}
