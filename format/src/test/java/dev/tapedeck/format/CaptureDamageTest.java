// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damage loses what it hits, says so, and never makes an event that was not written. */
class CaptureDamageTest {
  private static final List<List<CaptureEvent>> BLOCKS = Captures.smallBlocks(3);

  /** Checkpoints are part of it: one after each block. */
  private static final WriterOptions OPTIONS =
      WriterOptions.newBuilder().checkpointBytes(1).build();

  private final byte[] capture = Captures.write(OPTIONS, BLOCKS);

  @Test
  void capture_ofThisTest_hasEveryRecordType() {
    assertThat(Captures.records(capture).stream().map(record -> record.header().type()))
        .contains(1, 2, 3, 4, 5);
    assertThat(capture.length).isLessThan(6_000);
  }

  @ParameterizedTest
  @EnumSource(Projection.class)
  void read_cutAtEveryByte_givesTheWholeBlocksBefore(Projection projection) throws IOException {
    int headerEnd = Captures.records(capture).get(0).end();
    for (int cut = 0; cut < capture.length; cut++) {
      byte[] part = Arrays.copyOf(capture, cut);
      if (cut < headerEnd) {
        assertThatThrownBy(() -> Captures.read(part, projection, ReaderOptions.defaults()))
            .as("cut at %d", cut)
            .isInstanceOf(CaptureFormatException.class);
        continue;
      }
      Captures.Reading reading = Captures.read(part, projection, ReaderOptions.defaults());
      List<CaptureEvent> expected = wholeBlocks(cut);
      assertThat(reading.events())
          .as("cut at %d", cut)
          .isEqualTo(projection == Projection.ALL ? expected : Captures.withoutPayload(expected));
      int boundary = cut;
      boolean clean = Captures.records(capture).stream().anyMatch(r -> r.end() == boundary);
      assertThat(reading.damages()).as("cut at %d", cut).hasSize(clean ? 0 : 1);
      CaptureSummary summary = Captures.summary(part);
      assertThat(summary.complete()).isFalse();
      assertThat(summary.events()).as("cut at %d", cut).isEqualTo(expected.size());
    }
  }

  private List<CaptureEvent> wholeBlocks(int length) {
    List<CaptureEvent> events = new ArrayList<>();
    List<Captures.Placed> placed = Captures.blocks(capture);
    for (int i = 0; i < placed.size(); i++) {
      if (placed.get(i).end() <= length) {
        events.addAll(BLOCKS.get(i));
      }
    }
    return events;
  }

  @Test
  @Timeout(300) // Some 40 000 readings, which a busy machine does not do in the usual time.
  void read_everyBitFlipped_losesAtMostOneBlock() throws IOException {
    Set<CaptureEvent> written = new HashSet<>(Captures.withoutPayload(Captures.flat(BLOCKS)));
    for (int bit = 0; bit < capture.length * 8; bit++) {
      byte[] flipped = capture.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      Captures.Reading reading = Captures.read(flipped);
      requireAtMostOneBlockLost(reading, "bit " + bit);
      assertThat(reading.damages()).as("bit %d", bit).isNotEmpty();
      long stated = reading.damages().stream().mapToLong(damage -> damage.lostEvents()).sum();
      int total = Captures.flat(BLOCKS).size();
      assertThat(stated).as("bit %d", bit).isIn((long) total - reading.events().size(), -1L);

      Captures.Reading metadata =
          Captures.read(flipped, Projection.METADATA, ReaderOptions.defaults());
      assertThat(written.containsAll(metadata.events())).as("bit %d", bit).isTrue();
      assertThat(Captures.summary(flipped).events()).isLessThanOrEqualTo(total);
    }
  }

  private static void requireAtMostOneBlockLost(Captures.Reading reading, String what) {
    for (int lost = -1; lost < BLOCKS.size(); lost++) {
      List<List<CaptureEvent>> kept = new ArrayList<>(BLOCKS);
      if (lost >= 0) {
        kept.remove(lost);
      }
      if (reading.events().equals(Captures.flat(kept))) {
        return;
      }
      if (lost >= 0) {
        // Its payload plane alone: the rest of its events is true.
        kept.add(lost, Captures.withoutPayload(BLOCKS.get(lost)));
        if (reading.events().equals(Captures.flat(kept))) {
          return;
        }
      }
    }
    fail("%s: more than one block lost, or wrong events: %s", what, reading.damages());
  }

  @Test
  void header_damagedEverywhere_isReadFromItsCopies() throws IOException {
    int end = Captures.records(capture).get(0).end();
    for (int at = 0; at < end; at++) {
      byte[] damaged = capture.clone();
      damaged[at] ^= 0x55;
      try (CaptureReader reader =
          CaptureReader.open(new InMemoryChannel(damaged), "test.tape", ReaderOptions.defaults())) {
        assertThat(reader.header()).as("byte %d", at).isEqualTo(TestObjects.header());
        assertThat(Captures.read(reader, Projection.ALL).damages())
            .as("byte %d", at)
            .extracting(Damage::kind)
            .containsExactly(DamageKind.HEADER);
      }
    }
  }

  @Test
  void header_lostWithAllCopies_leavesTheEvents() throws IOException {
    List<Captures.Placed> records = Captures.records(capture);
    byte[] damaged = Arrays.copyOf(capture, records.get(2).offset());
    Arrays.fill(damaged, 0, records.get(0).end(), (byte) 0);

    try (CaptureReader reader =
        CaptureReader.open(new InMemoryChannel(damaged), "test.tape", ReaderOptions.defaults())) {
      assertThat(reader.header().fileId()).isEqualTo(TestObjects.FILE_ID);
      assertThat(reader.header().hostName()).isEmpty();
      assertThat(Captures.read(reader, Projection.ALL).events()).isEqualTo(BLOCKS.get(0));
    }
  }

  @Test
  void read_strict_namesTheFirstDamage() {
    Captures.Placed second = Captures.blocks(capture).get(1);
    byte[] damaged = capture.clone();
    damaged[second.end() - 1] ^= 1;
    int planeAt = second.end() - second.header().payload().storedBytes();

    assertThatThrownBy(
            () -> Captures.read(damaged, Projection.ALL, ReaderOptions.defaults().withStrict(true)))
        .isInstanceOfSatisfying(
            CaptureFormatException.Corrupt.class, e -> assertThat(e.offset()).isEqualTo(planeAt))
        .hasMessageContaining("test.tape: offset " + planeAt);
  }

  @Test
  void read_strict_refusesEveryCutInsideARecordAndEveryFlip() throws IOException {
    ReaderOptions strict = ReaderOptions.defaults().withStrict(true);
    List<Captures.Placed> records = Captures.records(capture);
    for (int cut = 0; cut < capture.length; cut++) {
      byte[] part = Arrays.copyOf(capture, cut);
      int boundary = cut;
      if (records.stream().noneMatch(record -> record.end() == boundary)) {
        assertThatThrownBy(() -> Captures.read(part, Projection.ALL, strict))
            .as("cut at %d", cut)
            .isInstanceOf(CaptureFormatException.class);
      }
      byte[] flipped = capture.clone();
      flipped[cut] ^= 0x10;
      assertThatThrownBy(() -> Captures.read(flipped, Projection.ALL, strict))
          .as("flip at %d", cut)
          .isInstanceOf(CaptureFormatException.class);
    }
    assertThat(Captures.read(capture, Projection.ALL, strict).events())
        .isEqualTo(Captures.flat(BLOCKS));
  }

  @Test
  void open_noCapture_isRefusedByName() {
    for (String content : List.of("", "x", "PK\u0003\u0004 some archive", "a".repeat(100_000))) {
      assertThatThrownBy(() -> Captures.read(Bytes.latin1(content).toArray()))
          .isInstanceOf(CaptureFormatException.Unsupported.class)
          .hasMessageStartingWith("test.tape: offset 0: file header: expected a capture, found ")
          .hasMessageNotContaining("aaaa");
    }
  }
}
