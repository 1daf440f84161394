// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

import dev.tapedeck.recorder.RecorderOptions;
import dev.tapedeck.recorder.RecordingLimits;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that bound what a recording costs. */
final class LimitArguments {
  private static final Pattern SAMPLE = Pattern.compile("1/(\\d{1,7})");
  private static final Pattern PERCENT = Pattern.compile("(\\d{1,6}(?:\\.\\d{1,3})?)%?");

  @Option(
      names = "--max-bytes-per-call",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description = "Keep this much of a call; the rest is recorded as cut.")
  private @Nullable ByteSize maxBytesPerCall;

  @Option(
      names = "--max-bytes-per-connection",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description =
          "Keep this much of a connection, both directions together; the rest is recorded as cut.")
  private @Nullable ByteSize maxBytesPerConnection;

  @Option(
      names = "--sample",
      paramLabel = "1/N",
      description =
          "Keep the bytes of one connection in N, of all of it; of the others only begin, end and"
              + " number of bytes.")
  private @Nullable String sample;

  @Option(
      names = "--cpu-limit",
      paramLabel = "PERCENT",
      description =
          "CPU time that the recorder may use itself, 100 for one CPU. Above it payload is shed"
              + " before metadata, and what was shed is recorded. Without it the recorder takes"
              + " what it needs, but little of a host that has nothing left and moves a gigabyte"
              + " a second; none: what it needs in any case.")
  private @Nullable String cpuLimit;

  @Option(
      names = "--ring-size",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description =
          "Memory between kernel and recorder, a power of two from 16KiB to 512MiB. Default:"
              + " 32MiB.")
  private @Nullable ByteSize ringSize;

  /**
   * Returns the limits.
   *
   * @throws IllegalArgumentException when an option makes no sense
   */
  RecordingLimits limits() {
    return new RecordingLimits(
        positive("--max-bytes-per-call", maxBytesPerCall),
        positive("--max-bytes-per-connection", maxBytesPerConnection),
        sampleOneIn(),
        cpuPercent());
  }

  private static long positive(String option, @Nullable ByteSize size) {
    if (size != null && size.bytes() == 0) {
      throw new IllegalArgumentException(option + " 0: needs a size; leave it out for no limit");
    }
    return size == null ? 0 : size.bytes();
  }

  private int sampleOneIn() {
    if (sample == null) {
      return 1;
    }
    Matcher matcher = SAMPLE.matcher(sample);
    int oneIn = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    if (oneIn < 1 || oneIn > 1_000_000) {
      throw new IllegalArgumentException(
          "--sample " + sample + ": write such as 1/100, 1/1000000 at most");
    }
    return oneIn;
  }

  private double cpuPercent() {
    if (cpuLimit == null) {
      return 0;
    }
    if ("none".equals(cpuLimit)) {
      return RecordingLimits.ANY_CPU;
    }
    Matcher matcher = PERCENT.matcher(cpuLimit);
    double percent = matcher.matches() ? Double.parseDouble(matcher.group(1)) : 0;
    if (percent <= 0) {
      throw new IllegalArgumentException(
          "--cpu-limit " + cpuLimit + ": write percent of one CPU, such as 5 or 0.5, or none");
    }
    return percent;
  }

  /**
   * Returns the size of the ring.
   *
   * @throws IllegalArgumentException when the kernel would not take it
   */
  long ringBytes() {
    if (ringSize == null) {
      return RecorderOptions.DEFAULT_RING_BYTES;
    }
    long bytes = ringSize.bytes();
    if (!RecorderOptions.isRingSize(bytes)) {
      throw new IllegalArgumentException(
          "--ring-size "
              + ByteSize.text(bytes)
              + ": needs a power of two from "
              + ByteSize.text(RecorderOptions.minRingBytes())
              + " to 512MiB, such as 8MiB");
    }
    return bytes;
  }
}
