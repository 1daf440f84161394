// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;

/**
 * How much of the traffic is kept, and how much of the host the recorder may use for it. What is
 * left out is counted in the accounts of its streams and stated as a loss of its own cause.
 *
 * @param maxBytesPerCall bytes kept of one call; 0 for the kernel side's bound of 8 MiB
 * @param maxBytesPerConnection bytes kept of a connection or TLS session, both directions together;
 *     0 for no limit
 * @param sampleOneIn one connection in so many is recorded with its bytes, always the whole of it;
 *     1 for all
 * @param cpuPercent CPU time that the recorder may use, in percent of one CPU; 0 for what it needs,
 *     but little of a host that has nothing left; {@link #ANY_CPU} for what it needs in any case
 */
public record RecordingLimits(
    long maxBytesPerCall, long maxBytesPerConnection, int sampleOneIn, double cpuPercent) {
  /** Nothing is left out. */
  public static final RecordingLimits NONE = new RecordingLimits(0, 0, 1, 0);

  /** The recorder takes the CPU time that it needs, even from a host that has nothing left. */
  public static final double ANY_CPU = Double.POSITIVE_INFINITY;

  /** A hash is a number of 32 bits, and a sample must be told from none. */
  private static final int MAX_SAMPLE_ONE_IN = 1_000_000;

  public RecordingLimits {
    if (maxBytesPerCall < 0 || maxBytesPerConnection < 0) {
      throw new IllegalArgumentException(
          "maxBytesPerCall=" + maxBytesPerCall + " maxBytesPerConnection=" + maxBytesPerConnection);
    }
    if (sampleOneIn < 1 || sampleOneIn > MAX_SAMPLE_ONE_IN) {
      throw new IllegalArgumentException("sampleOneIn=" + sampleOneIn);
    }
    if (!(cpuPercent >= 0)) {
      throw new IllegalArgumentException("cpuPercent=" + cpuPercent);
    }
  }

  /** Returns the limits in force as attributes of a capture. */
  Map<String, String> attributes() {
    Map<String, String> attributes = new HashMap<>();
    if (maxBytesPerCall > 0) {
      attributes.put("max_bytes_per_call", Long.toString(maxBytesPerCall));
    }
    if (maxBytesPerConnection > 0) {
      attributes.put("max_bytes_per_connection", Long.toString(maxBytesPerConnection));
    }
    if (sampleOneIn > 1) {
      attributes.put("sample", "1/" + sampleOneIn);
    }
    if (cpuPercent > 0) {
      attributes.put(
          "cpu_limit_percent",
          takesAnyCpu() ? "none" : BigDecimal.valueOf(cpuPercent).toPlainString());
    }
    return attributes;
  }

  /** Returns whether the recorder watches its own CPU time. */
  boolean boundsCpu() {
    return cpuPercent > 0 && !takesAnyCpu();
  }

  /** Returns whether the recorder takes what it needs whatever the host has left. */
  boolean takesAnyCpu() {
    return cpuPercent == ANY_CPU;
  }

  /** Returns the highest of all 32-bit hashes that is in the sample; 0 when all connections are. */
  int sampleLimit() {
    return sampleOneIn == 1 ? 0 : (int) ((1L << Integer.SIZE) / sampleOneIn - 1);
  }
}
