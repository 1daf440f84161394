// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reading finds its way back after damage, and is not led astray by captures inside captures. */
class CaptureResyncTest {
  private static final WriterOptions STORE = WriterOptions.newBuilder().codec(Codec.STORE).build();

  private final List<List<CaptureEvent>> blocks = Captures.smallBlocks(6);
  private final byte[] capture = Captures.write(WriterOptions.defaults(), blocks);

  @Test
  void read_anotherCaptureInsideDamagedBlock_isNotMistakenForRecords() throws IOException {
    CaptureHeader other =
        TestObjects.header().toBuilder().fileId(Bytes.latin1("another file id.")).build();
    byte[] inner = EventScript.parse(">> inner").toCapture(STORE);
    System.arraycopy(other.fileId().toArray(), 0, inner, 16, 16);
    requireOnlyDamagedBlockLost(EventScript.parse(">> inner").toCapture(STORE));
    requireOnlyDamagedBlockLost(inner);
  }

  @Test
  void read_earlierPartOfItselfInsideDamagedBlock_isNotMistakenForRecords() throws IOException {
    byte[] earlier = Captures.write(STORE, blocks.subList(0, 3));
    List<Captures.Placed> whole = Captures.blocks(earlier);
    requireOnlyDamagedBlockLost(Arrays.copyOf(earlier, whole.get(2).end()));
  }

  /**
   * Puts the bytes into a stored fourth block and damages that block's header and planes; the last
   * damage costs the payload only.
   */
  private void requireOnlyDamagedBlockLost(byte[] inner) throws IOException {
    List<CaptureEvent> upload =
        List.of(TestObjects.data(5_000_000, 9, 0, Bytes.wrap(inner, 0, inner.length)));
    List<List<CaptureEvent>> all = new ArrayList<>(blocks.subList(0, 3));
    all.add(upload);
    all.addAll(blocks.subList(3, 6));
    byte[] outer = Captures.write(STORE, all);
    assertThat(Captures.read(outer).events()).isEqualTo(Captures.flat(all));
    Captures.Placed uploaded = Captures.blocks(outer).get(3);

    for (int at : new int[] {0, 70, 170, uploaded.end() - uploaded.offset() - 1}) {
      byte[] damaged = outer.clone();
      damaged[uploaded.offset() + at] ^= 0x20;
      Captures.Reading reading = Captures.read(damaged);
      boolean payloadOnly = uploaded.offset() + at == uploaded.end() - 1;
      List<List<CaptureEvent>> kept = new ArrayList<>(all);
      kept.set(3, payloadOnly ? Captures.withoutPayload(upload) : List.of());
      assertThat(reading.events()).as("damage at %d", at).isEqualTo(Captures.flat(kept));
      assertThat(reading.damages().stream().mapToLong(Damage::lostEvents).sum())
          .as("damage at %d", at)
          .isEqualTo(payloadOnly ? 0 : 1);
    }
  }

  @Test
  void read_bytesInsertedOrRemovedAnywhere_losesAtMostOneBlock() throws IOException {
    Captures.Placed first = Captures.records(capture).get(1);
    Captures.Placed last = Captures.blocks(capture).get(5);
    for (int at = first.offset(); at < last.end(); at += 7) {
      byte[] before = Arrays.copyOf(capture, at);
      byte[] inserted =
          Captures.concat(
              before, new byte[] {1, 2, 3}, Arrays.copyOfRange(capture, at, capture.length));
      byte[] removed = Captures.concat(before, Arrays.copyOfRange(capture, at + 5, capture.length));
      int from = at;
      boolean hitsTwo =
          Captures.blocks(capture).stream()
              .anyMatch(block -> block.offset() > from && block.offset() < from + 5);
      for (byte[] damaged : List.of(inserted, removed)) {
        int kept = 4 * (hitsTwo && damaged == removed ? 4 : 5);
        Captures.Reading reading = Captures.read(damaged);
        assertThat(Captures.withoutPayload(Captures.flat(blocks)))
            .as("at %d", at)
            .containsAll(Captures.withoutPayload(reading.events()));
        assertThat(Captures.flat(blocks))
            .as("at %d", at)
            .containsAll(reading.events().stream().filter(e -> !lacksPayload(e)).toList());
        assertThat(reading.events().size()).as("at %d", at).isGreaterThanOrEqualTo(kept);
        assertThat(reading.damages())
            .as("at %d", at)
            .extracting(Damage::kind)
            .contains(DamageKind.SHIFT);
        assertThat(Captures.read(damaged, Projection.METADATA, ReaderOptions.defaults()).events())
            .as("at %d", at)
            .hasSizeGreaterThanOrEqualTo(kept);
      }
    }
  }

  @Test
  void read_blockCutOut_saysHowManyEventsAreMissing() throws IOException {
    Captures.Placed third = Captures.blocks(capture).get(2);
    byte[] damaged =
        Captures.concat(
            Arrays.copyOf(capture, third.offset()),
            Arrays.copyOfRange(capture, third.end(), capture.length));

    Captures.Reading reading = Captures.read(damaged);

    List<List<CaptureEvent>> kept = new ArrayList<>(blocks);
    kept.remove(2);
    assertThat(reading.events()).isEqualTo(Captures.flat(kept));
    assertThat(reading.damages())
        .singleElement()
        .satisfies(
            damage -> {
              assertThat(damage.kind()).isEqualTo(DamageKind.SHIFT);
              assertThat(damage.offset()).isEqualTo(third.offset());
              assertThat(damage.lengthBytes()).isZero();
              assertThat(damage.lostEvents()).isEqualTo(4);
            });
  }

  @Test
  void read_staleBlockInPlaceOfAnother_isSkipped() throws IOException {
    List<List<CaptureEvent>> same =
        List.of(blocks.get(0), blocks.get(1), blocks.get(1), blocks.get(2));
    byte[] twice = Captures.write(WriterOptions.defaults(), same);
    List<Captures.Placed> placed = Captures.blocks(twice);
    byte[] stale = twice.clone();
    System.arraycopy(twice, placed.get(1).offset(), stale, placed.get(2).offset(), 200);

    Captures.Reading reading = Captures.read(stale);

    assertThat(reading.events())
        .isEqualTo(Captures.flat(List.of(blocks.get(0), blocks.get(1), blocks.get(2))));
    assertThat(reading.damages()).singleElement().extracting(Damage::lostEvents).isEqualTo(4L);
  }

  @Test
  void read_bytesAfterTheTrailer_areReported() throws IOException {
    byte[] longer = Captures.concat(capture, capture);
    Captures.Reading reading = Captures.read(longer);
    assertThat(reading.events()).isEqualTo(Captures.flat(blocks));
    assertThat(reading.damages())
        .containsExactly(
            new Damage(
                capture.length,
                capture.length,
                DamageKind.TRAILING,
                "bytes follow the trailer",
                0));
  }

  private static boolean lacksPayload(CaptureEvent event) {
    return event instanceof StreamEvent.Data data && data.payload() == null;
  }
}
