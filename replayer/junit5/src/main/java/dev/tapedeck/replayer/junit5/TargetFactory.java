// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.junit5;

/**
 * Starts the application that recorded requests are sent to. Implementations have a constructor
 * without parameters; a nested class is static, and need not be public.
 *
 * <pre>{@code
 * final class OrdersTarget implements TargetFactory {
 *   public ReplayTarget start() throws Exception {
 *     OrderService service = OrderService.start(0);
 *     return ReplayTarget.ofPort(service.port(), service);
 *   }
 * }
 * }</pre>
 */
@FunctionalInterface
public interface TargetFactory {
  /**
   * Starts the application and returns once it accepts connections.
   *
   * @throws Exception when it does not start: then the test fails with it
   */
  ReplayTarget start() throws Exception;

  /** Stands for no factory where an annotation needs a class. */
  final class None implements TargetFactory {
    private None() {}

    @Override
    public ReplayTarget start() {
      throw new UnsupportedOperationException("no factory");
    }
  }
}
