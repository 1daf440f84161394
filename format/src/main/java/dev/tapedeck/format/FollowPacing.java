// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How often a {@link CaptureFollower} looks at its file, and when it gives up.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
public final class FollowPacing {
  /** Waits. */
  @FunctionalInterface
  public interface Sleeper {
    /** Returns after the duration. */
    void sleep(Duration duration) throws InterruptedException;
  }

  /** Does what is due before a wait. */
  @FunctionalInterface
  public interface BeforeWaiting {
    /** Called with everything given that is whole. */
    void run() throws IOException;
  }

  private final Duration interval;
  private final @Nullable Duration patience;
  private final LongSupplier nanoClock;
  private final Sleeper sleeper;
  private BeforeWaiting beforeWaiting = () -> {};
  private long lastGrowthNanos;

  /**
   * Paces by a clock.
   *
   * @param interval between two looks at the file
   * @param patience how long the file may stay as it is before its writer counts as dead; null for
   *     ever
   * @param nanoClock nanoseconds, of any origin
   */
  public FollowPacing(
      Duration interval, @Nullable Duration patience, LongSupplier nanoClock, Sleeper sleeper) {
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException("interval=" + interval);
    }
    if (patience != null && patience.isNegative()) {
      throw new IllegalArgumentException("patience=" + patience);
    }
    this.interval = interval;
    this.patience = patience;
    this.nanoClock = nanoClock;
    this.sleeper = sleeper;
  }

  /** Paces by the system's clock. */
  public static FollowPacing of(Duration interval, @Nullable Duration patience) {
    return new FollowPacing(
        interval, patience, System::nanoTime, duration -> Thread.sleep(duration.toMillis()));
  }

  /** Sets what is done before each wait, such as flushing what was printed. */
  public FollowPacing beforeWaiting(BeforeWaiting action) {
    beforeWaiting = action;
    return this;
  }

  void begin() {
    lastGrowthNanos = nanoClock.getAsLong();
  }

  /** Waits for the next look; returns false when patience is at an end. */
  boolean await(boolean grew) throws IOException, InterruptedException {
    long now = nanoClock.getAsLong();
    if (grew) {
      lastGrowthNanos = now;
    } else if (patience != null && now - lastGrowthNanos >= patience.toNanos()) {
      return false;
    }
    beforeWaiting.run();
    sleeper.sleep(interval);
    return true;
  }
}
