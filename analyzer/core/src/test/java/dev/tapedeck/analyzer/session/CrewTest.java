// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Tasks are done by whoever has time, and what ends one ends the work. */
class CrewTest {
  private static final int TASKS = 1000;

  @Test
  void own_ownerIsBusy_isDoneByAnother() throws InterruptedException {
    try (Crew crew = Crew.start(2)) {
      CountDownLatch done = new CountDownLatch(2 * TASKS);
      for (int i = 0; i < TASKS; i++) {
        crew.own(0, done::countDown); // This thread's, which waits for them.
        crew.anyones(done::countDown);
      }
      assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void workUntil_helpersAreBusy_isDoneByTheAskingThread() throws InterruptedIOException {
    CountDownLatch end = new CountDownLatch(1);
    try (Crew crew = Crew.start(3)) {
      CountDownLatch busy = new CountDownLatch(2);
      for (int i = 0; i < 2; i++) {
        crew.anyones(
            () -> {
              busy.countDown();
              await(end);
            });
      }
      await(busy);
      AtomicInteger done = new AtomicInteger();
      for (int i = 0; i < TASKS; i++) {
        crew.own(i, done::incrementAndGet);
      }
      crew.workUntil(() -> done.get() == TASKS);
      end.countDown();
    }
  }

  @Test
  void workUntil_taskFails_throwsThoughAllIsDone() {
    try (Crew crew = Crew.start(2)) {
      RuntimeException failure = new IllegalArgumentException("of a task");
      crew.own(
          0,
          () -> {
            throw failure;
          });
      AtomicInteger never = new AtomicInteger();
      assertThatThrownBy(() -> crew.workUntil(() -> never.get() > 0)).hasCause(failure);
      assertThatThrownBy(() -> crew.workUntil(() -> true)).hasCause(failure);
    }
  }

  @Test
  void workUntil_interrupted_throwsThoughAllIsDone() {
    try (Crew crew = Crew.start(2)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> crew.workUntil(() -> true))
          .isInstanceOf(InterruptedIOException.class);
    }
    assertThat(Thread.interrupted()).isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody came");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
