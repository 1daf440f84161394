// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes are a capture or a {@link CaptureFormatException}, and never cost more memory than the
 * limits allow. With {@code make fuzz} Jazzer looks for bytes that are neither; without it the
 * inputs that it starts from are read, and those that it ever found.
 */
class CaptureFuzzIT {
  /** A block takes its stored and raw planes, and the tables over them. */
  private static final long MAX_ALLOCATED_BYTES = 150L << 20;

  private static final int EVENTS = 40;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  static Stream<byte[]> captures() {
    WriterOptions store = WriterOptions.newBuilder().codec(Codec.STORE).build();
    byte[] inner = EventScript.parse(">> inner").toCapture(store);
    List<CaptureEvent> upload =
        List.of(TestObjects.data(5_000_000, 9, 0, Bytes.wrap(inner, 0, inner.length)));
    return Stream.of(
        new byte[0],
        inner,
        Captures.write(WriterOptions.newBuilder().checkpointBytes(1).build(), blocks()),
        Captures.writeAll(store, new EventGenerator(1).events(EVENTS)),
        Captures.writeAll(store, upload));
  }

  private static List<List<CaptureEvent>> blocks() {
    return Captures.smallBlocks(2);
  }

  static Stream<byte[]> planes() throws Exception {
    byte[] sound =
        Captures.writeAll(WriterOptions.defaults(), new EventGenerator(2).events(EVENTS));
    return Stream.of(new byte[0], ForgedCapture.planeOf(ForgedCapture.blockOf(sound)));
  }

  @MethodSource("captures")
  @FuzzTest(maxDuration = "30m")
  void read_anyBytes_isACaptureOrIsNot(byte[] bytes) throws IOException {
    readWithinLimits(bytes);
  }

  @MethodSource("planes")
  @FuzzTest(maxDuration = "30m")
  void read_anyMetadataPlaneWithSoundChecksums_givesEventsOrDamage(byte[] plane)
      throws IOException {
    readWithinLimits(ForgedCapture.withMetadata(plane, EVENTS));
  }

  private static void readWithinLimits(byte[] bytes) throws IOException {
    // The first reading also loads and instruments classes.
    if (allocatedByReading(bytes) > MAX_ALLOCATED_BYTES) {
      assertThat(allocatedByReading(bytes)).isLessThan(MAX_ALLOCATED_BYTES);
    }
  }

  private static long allocatedByReading(byte[] bytes) throws IOException {
    long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    try {
      Captures.read(bytes);
      Captures.summary(bytes);
    } catch (CaptureFormatException e) {
      assertThat(e.name()).isEqualTo("test.tape");
    }
    return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
  }
}
