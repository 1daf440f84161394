// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.sun.management.ThreadMXBean;
import dev.tapedeck.format.internal.PlaneInfo;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordType;
import dev.tapedeck.format.internal.proto.Block;
import dev.tapedeck.format.internal.proto.BlockIndex;
import dev.tapedeck.format.internal.proto.Checkpoint;
import dev.tapedeck.format.internal.proto.Clocks;
import dev.tapedeck.format.internal.proto.Connections;
import dev.tapedeck.format.internal.proto.Events;
import dev.tapedeck.format.internal.proto.Hosts;
import dev.tapedeck.format.internal.proto.Origins;
import dev.tapedeck.format.internal.proto.ProcessExecs;
import dev.tapedeck.format.internal.proto.Processes;
import dev.tapedeck.format.internal.proto.Threads;
import dev.tapedeck.format.internal.proto.TlsSessions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Lengths and counts that lie, under checksums that hold, cost no memory and end as damage. */
class CaptureLyingLengthsTest {
  private static final long MAX_ALLOCATED_BYTES = 100L << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Reads a capture that must be damaged and must not take much memory to find that out. */
  private static Captures.Reading readLimited(byte[] capture) throws IOException {
    long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    Captures.Reading reading = Captures.read(capture);
    long allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    assertThat(allocated).isLessThan(MAX_ALLOCATED_BYTES);
    assertThat(reading.damages()).isNotEmpty();
    return reading;
  }

  @Test
  void read_planeLongerThanTheLimit_isDamage() throws IOException {
    for (int stored : new int[] {Integer.MAX_VALUE, (16 << 20) + 1, 100}) {
      for (int raw : new int[] {Integer.MAX_VALUE, (16 << 20) + 1, 0}) {
        PlaneInfo lie = new PlaneInfo(stored, raw, 0);
        byte[] capture =
            ForgedCapture.withBlock(
                header -> header.planes(RecordHeader.CODEC_ZSTD, lie, lie).content(9, 9),
                new byte[50]);
        assertThat(readLimited(capture).events()).isEmpty();
      }
    }
  }

  @Test
  void read_sparseFileWithHugePlane_isDamage() throws IOException {
    PlaneInfo lie = new PlaneInfo(20 << 20, 20 << 20, 0);
    byte[] capture =
        ForgedCapture.withBlock(
            header -> header.planes(RecordHeader.CODEC_ZSTD, lie, PlaneInfo.EMPTY).content(9, 9),
            new byte[20 << 20]);
    Captures.Reading reading = readLimited(capture);
    assertThat(reading.events()).isEmpty();
    assertThat(reading.damages())
        .singleElement()
        .satisfies(damage -> assertThat(damage.reason()).contains("limit=16777216"));
  }

  @Test
  void read_frameThatGivesMoreThanItSays_isDamage() throws IOException {
    byte[] bomb = Zstd.compress(new byte[15 << 20]);
    for (int raw : new int[] {10, (15 << 20) - 1, (15 << 20) + 1}) {
      PlaneInfo plane = new PlaneInfo(bomb.length, raw, RecordHeader.crc32c(bomb, 0, bomb.length));
      byte[] capture =
          ForgedCapture.withBlock(
              header ->
                  header.planes(RecordHeader.CODEC_ZSTD, plane, PlaneInfo.EMPTY).content(1, 0),
              bomb);
      assertThat(readLimited(capture).damages())
          .singleElement()
          .satisfies(damage -> assertThat(damage.reason()).contains("content size differs"));
    }
  }

  @Test
  void read_rowsThatAreNotThere_isDamage() throws IOException {
    for (int rows : new int[] {-1, Integer.MAX_VALUE, 1 << 20, 1 << 18, 5}) {
      Block block =
          Block.newBuilder()
              .setHosts(Hosts.newBuilder().setRows(rows))
              .setProcesses(Processes.newBuilder().setRows(rows).addHost(7))
              .setEvents(Events.newBuilder().setRows(rows))
              .setClocks(Clocks.newBuilder().setRows(rows))
              .build();
      assertThat(readLimited(ForgedCapture.withBlock(block, Math.max(0, rows))).events()).isEmpty();
    }
  }

  @Test
  void read_rowsThatCostNothingToClaim_areDamage() throws IOException {
    int rows = 1 << 20;
    Block block =
        Block.newBuilder()
            .setHosts(Hosts.newBuilder().setRows(1))
            .setProcesses(Processes.newBuilder().setRows(rows))
            .setThreads(Threads.newBuilder().setRows(rows))
            .setConnections(Connections.newBuilder().setRows(rows))
            .setTlsSessions(TlsSessions.newBuilder().setRows(rows))
            .setEvents(Events.newBuilder().setRows(1))
            .build();
    assertThat(readLimited(ForgedCapture.withBlock(block, 1)).events()).isEmpty();
  }

  @Test
  void read_argumentBomb_isDamage() throws IOException {
    int events = 1000;
    Block block =
        Block.newBuilder()
            .setHosts(Hosts.newBuilder().setRows(1))
            .setProcesses(Processes.newBuilder().setRows(1))
            .setThreads(Threads.newBuilder().setRows(1))
            .setOrigins(Origins.newBuilder().setRows(1))
            .setEvents(
                Events.newBuilder()
                    .setRows(events)
                    .addAllKind(Collections.nCopies(events, EventKinds.PROCESS_EXEC)))
            .setProcessExecs(
                ProcessExecs.newBuilder()
                    .setRows(events)
                    .addAllArgumentCount(Collections.nCopies(events, 1_000_000)))
            .build();
    assertThat(readLimited(ForgedCapture.withBlock(block, events)).damages())
        .extracting(Damage::kind)
        .contains(DamageKind.BLOCK);
  }

  /** Columns of one-byte numbers: in memory each takes eight, and more while they grow. */
  private static byte[] lyingIndex(int columnBytes) {
    ByteString column = ByteString.copyFrom(new byte[columnBytes]);
    UnknownFieldSet.Builder columns = UnknownFieldSet.newBuilder();
    for (int field = 2; field <= 10; field++) {
      columns.mergeLengthDelimitedField(field, column);
    }
    return Checkpoint.newBuilder()
        .setHeader(HeaderCodec.toProto(TestObjects.header()))
        .setBlocks(BlockIndex.newBuilder().setUnknownFields(columns.build()))
        .build()
        .toByteArray();
  }

  @Test
  void open_headerCopyBesideALyingIndex_takesTheCopyAlone() throws IOException {
    byte[] capture = ForgedCapture.withRecord(RecordType.FOOTER, lyingIndex(1_800_000));
    capture[RecordLayout.HEADER_BYTES + 1] ^= 1;

    long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    try (CaptureReader reader =
        CaptureReader.open(new InMemoryChannel(capture), "test.tape", ReaderOptions.defaults())) {
      long allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
      assertThat(reader.header()).isEqualTo(TestObjects.header());
      assertThat(allocated).isLessThan(MAX_ALLOCATED_BYTES);
    }
  }

  @Test
  void open_headersOfNothingButMessages_areDamage() throws IOException {
    for (int field : new int[] {7, 8, 11}) {
      byte[] messages = new byte[15 << 20];
      for (int i = 0; i + 1 < messages.length; i += 2) {
        messages[i] = (byte) (field << 3 | 2);
      }
      byte[] body =
          Checkpoint.newBuilder()
              .setUnknownFields(
                  UnknownFieldSet.newBuilder()
                      .mergeLengthDelimitedField(1, ByteString.copyFrom(messages))
                      .build())
              .build()
              .toByteArray();
      byte[] capture = ForgedCapture.withRecord(RecordType.FOOTER, body);
      capture[RecordLayout.HEADER_BYTES + 1] ^= 1;
      assertThat(readLimited(capture).events()).isEmpty();
    }
  }

  @Test
  void create_headerOverItsLimit_isRefused() {
    CaptureHeader large =
        TestObjects.header().toBuilder().attribute("notes", "x".repeat(2 << 20)).build();
    assertThatThrownBy(
            () ->
                CaptureWriter.create(
                    new InMemoryChannel(), "test.tape", large, WriterOptions.defaults()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("limit=");
  }

  @Test
  void read_anyPlane_givesEventsOrDamage() throws Exception {
    byte[] sound = Captures.writeAll(WriterOptions.defaults(), new EventGenerator(1).events(100));
    byte[] plane = ForgedCapture.planeOf(ForgedCapture.blockOf(sound));
    int damaged = 0;
    for (int seed = 1; seed <= 1_500; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] fuzzed = plane.clone();
      for (int i = random.nextInt(1, 6); i > 0; i--) {
        fuzzed[random.nextInt(fuzzed.length)] = (byte) random.nextInt();
      }
      if (random.nextInt(4) == 0) {
        fuzzed = Arrays.copyOf(fuzzed, random.nextInt(fuzzed.length));
      }
      List<Damage> damages = new ArrayList<>();
      byte[] capture = ForgedCapture.withMetadata(fuzzed, 100);
      try {
        damages.addAll(
            Captures.read(capture, Projection.METADATA, ReaderOptions.defaults()).damages());
        Captures.read(capture);
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed, e);
      }
      damaged += damages.isEmpty() ? 0 : 1;
    }
    assertThat(damaged).isGreaterThan(400);
  }

  @Test
  void open_anyBytes_isACaptureOrIsNot() throws IOException {
    byte[] sound = EventScript.parse(">> a\n<< b").toCapture(WriterOptions.defaults());
    for (int seed = 1; seed <= 2_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] any = Arrays.copyOf(sound, random.nextInt(sound.length + 1));
      for (int i = random.nextInt(60); i > 0 && any.length > 0; i--) {
        any[random.nextInt(any.length)] = (byte) random.nextInt();
      }
      try {
        Captures.read(any);
        Captures.summary(any);
      } catch (CaptureFormatException e) {
        assertThat(e.name()).isEqualTo("test.tape");
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }
}
