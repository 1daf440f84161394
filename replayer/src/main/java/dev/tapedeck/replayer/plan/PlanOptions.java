// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a selection becomes a plan.
 *
 * @param pace how fast
 * @param allowUnsafe whether methods other than GET, HEAD, OPTIONS and TRACE are sent
 * @param allowIncomplete whether requests are sent of whose body the capture lacks a part
 * @param budget what is due later is not sent; null for no end
 * @param pooledConnections 0 for one connection for each recorded one, else how many are shared
 * @param ramp how long the replay takes to reach its full pace; zero for at once
 */
public record PlanOptions(
    Pace pace,
    boolean allowUnsafe,
    boolean allowIncomplete,
    @Nullable Duration budget,
    int pooledConnections,
    Duration ramp) {
  public PlanOptions {
    if (pooledConnections < 0) {
      throw new IllegalArgumentException("pooledConnections=" + pooledConnections);
    }
    if (budget != null && (budget.isNegative() || budget.isZero())) {
      throw new IllegalArgumentException("budget=" + budget);
    }
    if (ramp.isNegative()) {
      throw new IllegalArgumentException("ramp=" + ramp);
    }
  }

  /** Returns the options of a user who gave none: recorded pace, safe methods only. */
  public static PlanOptions defaults() {
    return newBuilder().build();
  }

  /** Returns a builder with the defaults. */
  public static Builder newBuilder() {
    return new Builder();
  }

  /** Collects options; confined to one thread. */
  public static final class Builder {
    private Pace pace = Pace.ORIGINAL;
    private boolean allowUnsafe;
    private boolean allowIncomplete;
    private @Nullable Duration budget;
    private int pooledConnections;
    private Duration ramp = Duration.ZERO;

    private Builder() {}

    public Builder pace(Pace value) {
      pace = value;
      return this;
    }

    public Builder allowUnsafe(boolean allow) {
      allowUnsafe = allow;
      return this;
    }

    public Builder allowIncomplete(boolean allow) {
      allowIncomplete = allow;
      return this;
    }

    public Builder budget(@Nullable Duration time) {
      budget = time;
      return this;
    }

    public Builder pooledConnections(int count) {
      pooledConnections = count;
      return this;
    }

    public Builder ramp(Duration time) {
      ramp = time;
      return this;
    }

    public PlanOptions build() {
      return new PlanOptions(pace, allowUnsafe, allowIncomplete, budget, pooledConnections, ramp);
    }
  }
}
