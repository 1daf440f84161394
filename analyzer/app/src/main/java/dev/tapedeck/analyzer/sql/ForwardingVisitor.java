// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.CopyLoss;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.DataRow;
import java.io.IOException;

/** Hands everything on. */
class ForwardingVisitor implements CaptureVisitor {
  private final CaptureVisitor visitor;

  ForwardingVisitor(CaptureVisitor visitor) {
    this.visitor = visitor;
  }

  /** Is called before each event. */
  void before() throws IOException {}

  @Override
  public void event(CaptureEvent event) throws IOException {
    before();
    visitor.event(event);
  }

  @Override
  public void data(DataRow row) throws IOException {
    before();
    visitor.data(row);
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
