// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package orders;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tapedeck.replayer.RecordedSession;
import dev.tapedeck.replayer.ReplayOutcome;
import dev.tapedeck.replayer.ReplayTest;
import dev.tapedeck.replayer.junit5.CaptureReplayTest;
import dev.tapedeck.replayer.junit5.Each;
import dev.tapedeck.replayer.junit5.ReplayTarget;
import dev.tapedeck.replayer.junit5.TargetFactory;
import dev.tapedeck.replayer.junit5.TargetLifecycle;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Answers as they were recorded: see README.md. */
final class OrdersReplayTest {
  static final class Orders implements TargetFactory {
    @Override
    public ReplayTarget start() throws Exception {
      OrderService service = OrderService.start(0, Integer.getInteger("orders.release", 1));
      return ReplayTarget.ofPort(service.port(), service);
    }
  }

  @CaptureReplayTest(
      value = "orders.tape",
      targetFactory = Orders.class,
      rules = "orders-rules.yaml",
      allowUnsafe = true)
  void sessions_areAnsweredAsRecorded() {}

  @CaptureReplayTest(
      value = "orders.tape",
      each = Each.EXCHANGE,
      targetFactory = Orders.class,
      lifecycle = TargetLifecycle.SESSION,
      rules = "orders-rules.yaml",
      allowUnsafe = true)
  void exchanges_areAnsweredAsRecorded() {}

  @CaptureReplayTest(
      value = "orders.tape",
      targetFactory = Orders.class,
      rules = "orders-rules.yaml",
      allowUnsafe = true,
      judge = false)
  void sessions_areAnsweredAtAll(URI target, RecordedSession session, ReplayOutcome outcome) {
    assertTrue(
        outcome.failures().isEmpty() && outcome.answered() == session.exchanges().size(),
        () -> target + ": " + outcome.message());
  }

  @Test
  void wholeCapture_withoutTheAnnotation_isAnsweredAsRecorded() throws Exception {
    Path folder = Path.of("src/test/resources/orders");
    try (OrderService service = OrderService.start(0, Integer.getInteger("orders.release", 1))) {
      ReplayTest.of(folder.resolve("orders.tape"))
          .rules(folder.resolve("orders-rules.yaml"))
          .allowUnsafe(true)
          .run("http://127.0.0.1:" + service.port())
          .assertUnchanged();
    }
  }
}
