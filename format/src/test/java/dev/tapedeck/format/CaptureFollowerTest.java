// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapedeck.format.CaptureFollower.State;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A capture can be read while it is written, whatever becomes of its writer. */
class CaptureFollowerTest {
  private static final ReaderOptions OPTIONS = ReaderOptions.defaults();

  private final List<List<CaptureEvent>> blocks = Captures.smallBlocks(6);
  private final List<CaptureEvent> events = new ArrayList<>();
  private final List<Damage> damages = new ArrayList<>();
  private final CaptureVisitor visitor =
      new CaptureVisitor() {
        @Override
        public void event(CaptureEvent event) {
          events.add(event);
        }

        @Override
        public void damage(Damage damage) {
          damages.add(damage);
        }
      };

  @TempDir Path folder;

  private static void write(CaptureWriter writer, List<CaptureEvent> block) throws IOException {
    for (CaptureEvent event : block) {
      writer.write(event);
    }
    writer.flush();
  }

  @Test
  void poll_fileGrowingByAnyBytes_givesEachBlockWhenItIsWhole() throws IOException {
    byte[] capture = Captures.write(WriterOptions.newBuilder().checkpointBytes(1).build(), blocks);
    List<Captures.Placed> placed = Captures.blocks(capture);
    for (int step : new int[] {1, 7, 160, 1_000, capture.length}) {
      events.clear();
      InMemoryChannel file = new InMemoryChannel();
      try (CaptureFollower follower = CaptureFollower.open(file, "test.tape", OPTIONS)) {
        State state = State.IDLE;
        for (int from = 0; from < capture.length; from += step) {
          int to = Math.min(capture.length, from + step);
          file.position(from);
          file.write(ByteBuffer.wrap(capture, from, to - from));
          state = follower.poll(Projection.ALL, visitor);
          List<CaptureEvent> whole = new ArrayList<>();
          for (int i = 0; i < blocks.size() && placed.get(i).end() <= to; i++) {
            whole.addAll(blocks.get(i));
          }
          assertThat(events).as("%d bytes", to).isEqualTo(whole);
          assertThat(state).isEqualTo(to == capture.length ? State.ENDED : State.GREW);
        }
        assertThat(follower.header()).isEqualTo(TestObjects.header());
        assertThat(follower.poll(Projection.ALL, visitor)).isEqualTo(State.ENDED);
      }
      assertThat(events).isEqualTo(Captures.flat(blocks));
    }
    assertThat(damages).isEmpty();
  }

  @Test
  void poll_fileThatIsRenamed_isReadToItsEnd() throws IOException {
    Path file = folder.resolve("live.tape");
    CaptureWriter writer =
        CaptureWriter.create(file, TestObjects.header(), WriterOptions.defaults());
    write(writer, blocks.get(0));
    try (CaptureFollower byFinalName = CaptureFollower.open(file, OPTIONS)) {
      assertThat(byFinalName.name()).endsWith("live.tape.partial");
      assertThat(byFinalName.poll(Projection.ALL, visitor)).isEqualTo(State.GREW);
      assertThat(byFinalName.poll(Projection.ALL, visitor)).isEqualTo(State.IDLE);
      write(writer, blocks.get(1));
      writer.close();
      assertThat(byFinalName.poll(Projection.ALL, visitor)).isEqualTo(State.ENDED);
    }
    assertThat(events).isEqualTo(Captures.flat(blocks.subList(0, 2)));
    try (CaptureFollower byPartialName =
        CaptureFollower.open(folder.resolve("live.tape.partial"), OPTIONS)) {
      assertThat(byPartialName.name()).endsWith("live.tape");
      assertThat(byPartialName.poll(Projection.METADATA, visitor)).isEqualTo(State.ENDED);
    }
    assertThat(damages).isEmpty();
  }

  @Test
  void poll_writerThatRanOutOfSpace_skipsWhatWasTruncated() throws IOException {
    byte[] whole = Captures.write(WriterOptions.defaults(), blocks.subList(0, 1));
    FaultyChannel disk = new FaultyChannel(Captures.blocks(whole).get(0).end() + 300L);
    disk.shortWrites(100);
    CaptureWriter writer =
        CaptureWriter.create(disk, "test.tape", TestObjects.header(), WriterOptions.defaults());
    write(writer, blocks.get(0));
    CaptureFollower follower = CaptureFollower.open(new SecondHandle(disk), "test.tape", OPTIONS);
    follower.poll(Projection.ALL, visitor);

    disk.truncateFails(true);
    assertThatThrownBy(() -> write(writer, blocks.get(1))).isInstanceOf(IOException.class);
    assertThat(follower.poll(Projection.ALL, visitor)).isEqualTo(State.GREW);
    disk.truncateFails(false);
    disk.free(1 << 20);
    write(writer, blocks.get(2));
    follower.poll(Projection.ALL, visitor);
    writer.close();

    assertThat(follower.poll(Projection.ALL, visitor)).isEqualTo(State.ENDED);
    assertThat(events).isEqualTo(Captures.read(disk.toByteArray()).events());
    assertThat(events).containsSubsequence(Captures.flat(List.of(blocks.get(0), blocks.get(2))));
    assertThat(damages).isEmpty();
  }

  @Test
  void poll_damageBeforeTheEnd_isReportedOnce() throws IOException {
    byte[] capture = Captures.write(WriterOptions.defaults(), blocks);
    List<Captures.Placed> placed = Captures.blocks(capture);
    byte[] damaged = capture.clone();
    damaged[placed.get(2).offset() + 20] ^= 1;
    InMemoryChannel file = new InMemoryChannel();
    try (CaptureFollower follower = CaptureFollower.open(file, "test.tape", OPTIONS)) {
      for (Captures.Placed record : Captures.records(capture)) {
        file.position(record.offset());
        file.write(ByteBuffer.wrap(damaged, record.offset(), record.end() - record.offset()));
        follower.poll(Projection.ALL, visitor);
      }
    }
    Captures.Reading expected = Captures.read(damaged);
    assertThat(events).isEqualTo(expected.events());
    assertThat(damages).hasSize(1).isEqualTo(expected.damages());
  }

  @Test
  void poll_fileThatBecomesShorterThanWhatWasRead_ends() throws IOException {
    byte[] capture = Captures.write(WriterOptions.defaults(), blocks);
    InMemoryChannel file =
        new InMemoryChannel(Arrays.copyOf(capture, Captures.blocks(capture).get(4).end()));
    try (CaptureFollower follower = CaptureFollower.open(file, "test.tape", OPTIONS)) {
      follower.poll(Projection.ALL, visitor);
      file.truncate(Captures.blocks(capture).get(1).end());
      assertThat(follower.poll(Projection.ALL, visitor)).isEqualTo(State.ENDED);
    }
    assertThat(damages).extracting(Damage::kind).containsExactly(DamageKind.TRUNCATED);
  }

  @Test
  void follow_writerThatDies_givesUpAfterItsPatienceAndReportsTheTornEnd() throws Exception {
    byte[] capture = Captures.write(WriterOptions.defaults(), blocks);
    int torn = Captures.blocks(capture).get(3).end() - 1;
    AtomicLong now = new AtomicLong(5);
    AtomicInteger looks = new AtomicInteger();
    InMemoryChannel file = new InMemoryChannel(Arrays.copyOf(capture, torn));
    FollowPacing pacing =
        new FollowPacing(
            Duration.ofMillis(250),
            Duration.ofSeconds(2),
            now::get,
            duration -> {
              now.addAndGet(duration.toNanos());
              looks.incrementAndGet();
            });
    try (CaptureFollower follower = CaptureFollower.open(file, "test.tape", OPTIONS)) {
      assertThat(follower.follow(Projection.ALL, visitor, pacing)).isFalse();
    }
    assertThat(looks).hasValue(8);
    assertThat(events).isEqualTo(Captures.flat(blocks.subList(0, 3)));
    assertThat(damages).isEqualTo(Captures.read(Arrays.copyOf(capture, torn)).damages());
  }

  @Test
  void follow_fileThatIsFinishedMeanwhile_endsWithIt() throws Exception {
    Path file = folder.resolve("live.tape");
    CaptureWriter writer =
        CaptureWriter.create(file, TestObjects.header(), WriterOptions.defaults());
    AtomicInteger looks = new AtomicInteger();
    FollowPacing.Sleeper writing =
        duration -> {
          try {
            int number = looks.getAndIncrement();
            if (number < blocks.size()) {
              write(writer, blocks.get(number));
            } else {
              writer.close();
            }
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        };
    FollowPacing pacing =
        new FollowPacing(Duration.ofMillis(1), Duration.ofSeconds(1), () -> 0, writing);
    try (CaptureFollower follower = CaptureFollower.open(file, OPTIONS)) {
      assertThat(follower.follow(Projection.ALL, visitor, pacing)).isTrue();
    }
    assertThat(events).isEqualTo(Captures.flat(blocks));
    assertThat(damages).isEmpty();
  }

  @Test
  void follow_strict_throwsAtDamageAndNotAtAnEndThatIsBeingWritten() throws Exception {
    byte[] capture = Captures.write(WriterOptions.defaults(), blocks);
    byte[] torn = Arrays.copyOf(capture, Captures.blocks(capture).get(3).end() - 1);
    try (CaptureFollower follower =
        CaptureFollower.open(new InMemoryChannel(torn), "test.tape", OPTIONS.withStrict(true))) {
      assertThat(follower.poll(Projection.ALL, visitor)).isEqualTo(State.GREW);
      assertThatThrownBy(() -> follower.finish(Projection.ALL, visitor))
          .isInstanceOf(CaptureFormatException.Truncated.class);
    }
  }

  @Test
  void open_noFile_isRefusedByBothNames() {
    assertThatThrownBy(() -> CaptureFollower.open(folder.resolve("no.tape"), OPTIONS))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no.tape.partial");
  }

  @Test
  void poll_noCapture_isRefused() throws IOException {
    try (CaptureFollower follower =
        CaptureFollower.open(
            new InMemoryChannel(Bytes.latin1("some other file").toArray()), "x", OPTIONS)) {
      assertThatThrownBy(() -> follower.poll(Projection.ALL, visitor))
          .isInstanceOf(CaptureFormatException.Unsupported.class);
    }
  }

  /** Another handle of a file, with a position of its own. */
  private static final class SecondHandle implements SeekableByteChannel {
    private final SeekableByteChannel file;
    private long position;

    SecondHandle(SeekableByteChannel file) {
      this.file = file;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      long other = file.position();
      file.position(position);
      int count = file.read(target);
      position = file.position();
      file.position(other);
      return count;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      throw new IOException("read only");
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public SeekableByteChannel position(long newPosition) {
      position = newPosition;
      return this;
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public SeekableByteChannel truncate(long size) throws IOException {
      throw new IOException("read only");
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
