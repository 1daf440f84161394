// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever happens to a large capture, next to nothing is lost and nothing is made up. The long
 * form is {@code make damage}.
 */
class RandomDamageTest {
  private static final int BLOCKS = 400;
  private static final int EVENTS_IN_A_BLOCK = 8;
  private static final int RUNS = Integer.getInteger("tapedeck.damages", 1000);
  private static final double KEPT_ON_AVERAGE = 0.98;

  private final List<CaptureEvent> written = events();
  private final List<CaptureEvent> bare = Captures.withoutPayload(written);
  private final byte[] capture = write();

  /** Blocks of some 4 KiB that do not compress, so that a page hits two of them. */
  private static List<CaptureEvent> events() {
    SplittableRandom random = new SplittableRandom(97);
    List<CaptureEvent> events = new ArrayList<>();
    for (int i = 0; i < BLOCKS * EVENTS_IN_A_BLOCK; i++) {
      byte[] payload = new byte[random.nextInt(300, 700)];
      for (int j = 0; j < payload.length; j++) {
        payload[j] = (byte) random.nextInt();
      }
      events.add(
          TestObjects.data(1_000_000L * i, i, 1_000L * i, Bytes.wrap(payload, 0, payload.length)));
    }
    return events;
  }

  private byte[] write() {
    List<List<CaptureEvent>> blocks = new ArrayList<>();
    for (int i = 0; i < BLOCKS; i++) {
      blocks.add(written.subList(i * EVENTS_IN_A_BLOCK, (i + 1) * EVENTS_IN_A_BLOCK));
    }
    return Captures.write(WriterOptions.newBuilder().checkpointBytes(100_000).build(), blocks);
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES) // The long form takes minutes.
  void read_randomDamage_keepsNearlyAllAndInventsNothing() throws IOException {
    long kept = 0;
    for (int seed = 1; seed <= RUNS; seed++) {
      byte[] damaged = RandomDamage.apply(capture, seed);
      Captures.Reading reading = Captures.read(damaged);
      requireWritten(reading.events(), seed);
      kept += reading.events().stream().filter(event -> !lacksPayload(event)).count();
    }
    assertThat((double) kept / ((long) RUNS * written.size())).isGreaterThan(KEPT_ON_AVERAGE);
  }

  /** Fails unless the events are some of those that were written, each once, in their order. */
  private void requireWritten(List<CaptureEvent> events, int seed) {
    int next = 0;
    for (CaptureEvent event : events) {
      List<CaptureEvent> truth = lacksPayload(event) ? bare : written;
      while (next < truth.size() && !truth.get(next).equals(event)) {
        next++;
      }
      assertThat(next).as("seed %d: an event that was not written", seed).isLessThan(truth.size());
      next++;
    }
  }

  private static boolean lacksPayload(CaptureEvent event) {
    return event instanceof StreamEvent.Data data && data.payload() == null;
  }
}
