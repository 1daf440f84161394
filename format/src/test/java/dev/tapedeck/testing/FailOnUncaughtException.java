// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.testing;

import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails the test during which a background thread died of an exception that nobody caught.
 *
 * <p>Registered for every test through {@code META-INF/services}.
 *
 * <p><b>Threads:</b> the handler may be called from any thread.
 */
public final class FailOnUncaughtException
    implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
  private static final ConcurrentLinkedQueue<Uncaught> UNCAUGHT = new ConcurrentLinkedQueue<>();

  /** Created by JUnit. */
  public FailOnUncaughtException() {}

  @Override
  public void beforeAll(ExtensionContext context) {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, cause) -> UNCAUGHT.add(new Uncaught(thread.getName(), cause)));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    failIfAny();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    failIfAny();
  }

  private static void failIfAny() {
    Uncaught first = UNCAUGHT.poll();
    if (first == null) {
      return;
    }
    var failure =
        new AssertionError("uncaught exception in thread \"" + first.thread + "\"", first.cause);
    for (Uncaught next = UNCAUGHT.poll(); next != null; next = UNCAUGHT.poll()) {
      failure.addSuppressed(next.cause);
    }
    throw failure;
  }

  private record Uncaught(String thread, Throwable cause) {}
}
