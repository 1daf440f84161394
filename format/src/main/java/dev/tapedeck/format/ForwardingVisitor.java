// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;

/**
 * Hands everything on to another visitor, for classes that look at some of it on the way.
 *
 * <p><b>Threads:</b> as {@link CaptureVisitor}.
 */
public abstract class ForwardingVisitor implements CaptureVisitor {
  private final CaptureVisitor visitor;

  /** Hands on to this visitor. */
  protected ForwardingVisitor(CaptureVisitor visitor) {
    this.visitor = visitor;
  }

  /** Is called before each event, data events included. */
  protected void before() throws IOException {}

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
