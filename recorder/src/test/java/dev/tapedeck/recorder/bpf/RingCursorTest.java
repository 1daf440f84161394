// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RingCursorTest {
  private static final int SIZE = 4096;

  private final ScriptedRing ring = new ScriptedRing(SIZE);
  private final RingCursor cursor = ring.cursor();
  private final List<String> seen = new ArrayList<>();

  /** A ring in plain memory that a test fills as the kernel does. */
  private static final class ScriptedRing {
    private final int size;
    private final ByteBuffer consumer = direct(Long.BYTES);
    private final ByteBuffer producer = direct(Long.BYTES);
    private final ByteBuffer data;

    ScriptedRing(int size) {
      this.size = size;
      this.data = direct(2 * size);
    }

    private static ByteBuffer direct(int bytes) {
      return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    RingCursor cursor() {
      return new RingCursor(consumer, producer, data, size);
    }

    long consumed() {
      return consumer.getLong(0);
    }

    long produced() {
      return producer.getLong(0);
    }

    /** Adds a record and returns the place of its length word. */
    int add(String text, int flags) {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      long position = produced();
      assertThat(position + bytes.length + 8 - consumed()).isLessThanOrEqualTo(size);
      int at = (int) (position % size);
      write(at, bytes.length | flags);
      for (int i = 0; i < bytes.length; i++) {
        int place = (at + 8 + i) % size;
        data.put(place, bytes[i]);
        data.put(place + size, bytes[i]);
      }
      producer.putLong(0, position + ((long) bytes.length + 8 + 7) / 8 * 8);
      return at;
    }

    void write(int at, int word) {
      data.putInt(at, word);
      data.putInt(at + size, word);
    }
  }

  private int drain(int max) throws IOException {
    return cursor.drain(
        (memory, offset, length) -> {
          byte[] bytes = new byte[length];
          memory.get(offset, bytes);
          seen.add(new String(bytes, StandardCharsets.US_ASCII));
        },
        max);
  }

  @Test
  void drain_emptyRing_givesNothing() throws Exception {
    assertThat(drain(10)).isZero();
    assertThat(ring.consumed()).isZero();
  }

  @Test
  void drain_records_givesThemInOrderAndFreesTheirRoom() throws Exception {
    ring.add("one", 0);
    ring.add("", 0);
    ring.add("three", 0);

    assertThat(drain(10)).isEqualTo(3);
    assertThat(seen).containsExactly("one", "", "three");
    assertThat(ring.consumed()).isEqualTo(ring.produced());
    assertThat(cursor.unreadBytes()).isZero();
  }

  @Test
  void drain_busyRecord_waitsForItThoughLaterOnesAreReady() throws Exception {
    ring.add("one", 0);
    int busy = ring.add("two", RingCursor.BUSY);
    ring.add("three", 0);

    assertThat(drain(10)).isEqualTo(1);
    assertThat(cursor.unreadBytes()).isEqualTo(32);

    ring.write(busy, 3);
    assertThat(drain(10)).isEqualTo(2);
    assertThat(seen).containsExactly("one", "two", "three");
  }

  @Test
  void drain_discardedRecord_skipsItAndFreesItsRoom() throws Exception {
    ring.add("one", RingCursor.DISCARDED);
    ring.add("two", 0);

    assertThat(drain(10)).isEqualTo(1);
    assertThat(seen).containsExactly("two");
    assertThat(ring.consumed()).isEqualTo(ring.produced());
  }

  @Test
  void drain_limit_leavesTheRestForLater() throws Exception {
    ring.add("one", 0);
    ring.add("two", 0);

    assertThat(drain(1)).isEqualTo(1);
    assertThat(ring.consumed()).isEqualTo(16);
    assertThat(drain(1)).isEqualTo(1);
    assertThat(seen).containsExactly("one", "two");
  }

  @Test
  void drain_manyRounds_wrapsAroundTheEnd() throws Exception {
    long seed = 42;
    Random random = new Random(seed);
    List<String> added = new ArrayList<>();
    for (int round = 0; round < 2000; round++) {
      int length = random.nextInt(700);
      String text = String.valueOf((char) ('a' + round % 26)).repeat(length);
      ring.add(text, 0);
      added.add(text);
      if (random.nextInt(4) == 0 || ring.produced() - ring.consumed() > SIZE - 720) {
        drain(100);
      }
    }
    drain(100);
    assertThat(seen).as("seed=" + seed).isEqualTo(added);
  }

  @Test
  void drain_handlerFails_recordCountsAsConsumed() throws Exception {
    ring.add("one", 0);
    ring.add("two", 0);

    assertThatThrownBy(
            () ->
                cursor.drain(
                    (memory, offset, length) -> {
                      throw new IOException("disk full");
                    },
                    10))
        .hasMessage("disk full");
    assertThat(drain(10)).isEqualTo(1);
    assertThat(seen).containsExactly("two");
  }

  @Test
  void drain_lengthBeyondTheRing_isRefused() {
    ring.write(0, SIZE);
    ring.producer.putLong(0, SIZE);

    assertThatThrownBy(() -> drain(10))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("4096");
  }
}
