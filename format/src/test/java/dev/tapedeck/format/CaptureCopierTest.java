// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapedeck.format.internal.RecordHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A copy holds what is sound and says what is not; it is a capture like any other. */
class CaptureCopierTest {
  private static final WriterOptions CHECKPOINTS =
      WriterOptions.newBuilder().checkpointBytes(1).build();

  private final List<List<CaptureEvent>> blocks = Captures.smallBlocks(9);
  private final List<CaptureEvent> events = Captures.flat(blocks);
  private final byte[] capture = Captures.write(CHECKPOINTS, blocks);

  @TempDir Path folder;

  @Test
  void recover_soundCapture_isTheSameUnderAnotherName() throws IOException {
    Copies.Copied copy = Copies.recover(capture);

    Captures.Reading reading = Captures.read(copy.file());
    assertThat(reading.events()).isEqualTo(events);
    assertThat(reading.damages()).isEmpty();
    assertThat(Copies.losses(copy.file())).isEmpty();
    CaptureSummary summary = Captures.summary(copy.file());
    assertThat(summary)
        .usingRecursiveComparison()
        .ignoringFields("fileBytes")
        .isEqualTo(Captures.summary(capture));
    assertThat(summary.complete()).isTrue();
    CopyReport report = copy.report();
    assertThat(report.isLossless()).isTrue();
    assertThat(report.events()).isEqualTo(events.size());
    assertThat(report.fileBytes()).isEqualTo(copy.file().length);
  }

  @Test
  void recover_header_keepsItsFactsAndSaysWhereItIsFrom() throws IOException {
    CaptureHeader header = headerOf(Copies.recover(capture).file());

    assertThat(header.fileId()).isNotEqualTo(TestObjects.FILE_ID);
    assertThat(header.derivation())
        .isEqualTo(
            new Derivation(
                "recover",
                "tapedeck-test 1",
                List.of(new Derivation.Origin(TestObjects.FILE_ID, 0, 9))));
    assertThat(header.toBuilder().fileId(TestObjects.FILE_ID).derivation(null).build())
        .isEqualTo(TestObjects.header());
  }

  @Test
  void recover_planes_areNotUnpacked() throws IOException {
    byte[] copy = Copies.recover(capture).file();
    for (int i = 0; i < blocks.size(); i++) {
      Captures.Placed from = Captures.blocks(capture).get(i);
      Captures.Placed to = Captures.blocks(copy).get(i);
      assertThat(Arrays.copyOfRange(copy, to.offset() + 160, to.end()))
          .isEqualTo(Arrays.copyOfRange(capture, from.offset() + 160, from.end()));
      assertThat(unplaced(to.header())).isEqualTo(unplaced(from.header()));
    }
  }

  private static RecordHeader unplaced(RecordHeader header) {
    return header.toBuilder().fileId(HeaderCodec.fileIdOf(TestObjects.FILE_ID)).place(0, 0).build();
  }

  @ParameterizedTest
  @CsvSource({"BLOCKS, 2, 5", "BLOCKS, 9, 1", "PARTS, 4, 4", "PARTS, 99, 9", "BYTES, 1, 9"})
  void split_anyRule_partsAreTheWholeInOrder(SplitRule.Unit unit, long amount, int parts)
      throws IOException {
    Copies.Copied split = Copies.copy(capture, "x.tape", new SplitRule(unit, amount));

    assertThat(split.files()).hasSize(parts);
    assertWhole(split.files());
    for (int i = 1; i < parts; i++) {
      assertThat(split.reports().get(i).firstSequence())
          .isEqualTo(split.reports().get(i - 1).endSequence());
    }
  }

  private void assertWhole(List<byte[]> parts) throws IOException {
    List<CaptureEvent> all = new ArrayList<>();
    long blockCount = 0;
    for (byte[] part : parts) {
      Captures.Reading reading = Captures.read(part);
      assertThat(reading.damages()).isEmpty();
      assertThat(Copies.losses(part)).isEmpty();
      CaptureSummary summary = Captures.summary(part);
      assertThat(summary.complete()).isTrue();
      assertThat(summary.events()).isEqualTo(reading.events().size());
      blockCount += summary.blocks();
      all.addAll(reading.events());
    }
    assertThat(all).isEqualTo(events);
    assertThat(blockCount).isEqualTo(blocks.size());
  }

  @Test
  void split_bySize_filesAreNotLarger() throws IOException {
    List<CaptureEvent> many = new EventGenerator(4).events(4_000);
    byte[] large = Captures.writeAll(WriterOptions.newBuilder().blockBytes(4 << 10).build(), many);
    int limit = 40_000;
    List<byte[]> parts =
        Copies.copy(large, "x.tape", new SplitRule(SplitRule.Unit.BYTES, limit)).files();
    assertThat(parts).hasSizeGreaterThan(large.length / limit);
    assertThat(parts.subList(0, parts.size() - 1))
        .allSatisfy(part -> assertThat(part.length).isBetween(limit / 2, limit));
  }

  @Test
  void split_byTime_cutsWhereTimePasses() throws IOException {
    List<List<CaptureEvent>> timed =
        LongStream.of(0, 3, 11, 45, 46)
            .mapToObj(
                second ->
                    List.<CaptureEvent>of(
                        TestObjects.data(second * 1_000_000_000L, second, 0, Bytes.latin1("x"))))
            .toList();
    Copies.Copied split =
        Copies.copy(
            Captures.write(CHECKPOINTS, timed), "x.tape", SplitRule.ofTime(Duration.ofSeconds(10)));
    assertThat(split.reports()).extracting(CopyReport::blocks).containsExactly(2L, 1L, 2L);
  }

  @Test
  void split_noBlocks_isOneEmptyPart() throws IOException {
    byte[] empty = Captures.write(CHECKPOINTS, List.of());
    Copies.Copied split = Copies.copy(empty, "x.tape", new SplitRule(SplitRule.Unit.BLOCKS, 1));
    assertThat(Captures.read(split.file()).events()).isEmpty();
    assertThat(split.report().isLossless()).isTrue();
    assertThat(split.files()).hasSize(1);
  }

  @Test
  void copies_ofCopies_holdTheSame() throws IOException {
    byte[] again = Copies.recover(Copies.recover(capture).file()).file();
    List<byte[]> parts = new ArrayList<>();
    for (byte[] half :
        Copies.copy(again, "x.tape", new SplitRule(SplitRule.Unit.PARTS, 2)).files()) {
      for (byte[] part :
          Copies.copy(half, "x.tape", new SplitRule(SplitRule.Unit.BLOCKS, 2)).files()) {
        parts.add(Copies.recover(part).file());
      }
    }
    assertWhole(parts);
    Derivation derivation = headerOf(parts.get(parts.size() - 1)).derivation();
    assertThat(derivation).isNotNull();
    assertThat(derivation.origins().get(0).endSequence()).isEqualTo(9);
  }

  @Test
  void split_part_saysWhichBlocksItNeverHeld() throws IOException {
    byte[] part =
        Copies.copy(capture, "x.tape", new SplitRule(SplitRule.Unit.BLOCKS, 5)).files().get(1);
    assertThat(Captures.records(part))
        .allSatisfy(record -> assertThat(record.header().absentBlocks()).isEqualTo(5));
    assertThat(Captures.records(part).get(0).header().sequence()).isEqualTo(5);
    assertThat(Captures.blocks(part).get(0).header().eventsBefore()).isZero();
    assertThat(Captures.blocks(part).get(3).header().sequence()).isEqualTo(8);
  }

  @Test
  void recover_toFile_isOwnersOnlyAndWhole() throws IOException {
    Path source = Files.write(folder.resolve("a.tape"), capture);
    Path target = folder.resolve("b.tape");
    try (CaptureCopier copier = CaptureCopier.open(source)) {
      copier.recover(target, Copies.options());
    }
    assertThat(Files.readAllBytes(target)).isEqualTo(Copies.recover(capture).file());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
        .isEqualTo("rw-------");
    assertThat(folder).isDirectoryNotContaining(file -> file.toString().endsWith(".partial"));
  }

  @Test
  void recover_ontoItself_isRefused() throws IOException {
    Path source = Files.write(folder.resolve("a.tape"), capture);
    Path link = Files.createSymbolicLink(folder.resolve("link.tape"), source);
    try (CaptureCopier copier = CaptureCopier.open(source)) {
      for (Path target : List.of(source, link)) {
        assertThatThrownBy(() -> copier.recover(target, Copies.options()))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("is the file that is read");
      }
    }
    assertThat(Files.readAllBytes(source)).isEqualTo(capture);
  }

  @Test
  void recover_nameCannotBeTaken_leavesNothing() throws IOException {
    Path source = Files.write(folder.resolve("a.tape"), capture);
    Path taken = Files.createDirectory(folder.resolve("b.tape"));
    Files.createFile(taken.resolve("content"));
    try (CaptureCopier copier = CaptureCopier.open(source)) {
      assertThatThrownBy(() -> copier.recover(taken, Copies.options()))
          .isInstanceOf(IOException.class);
    }
    assertThat(folder).isDirectoryNotContaining(file -> file.toString().endsWith(".partial"));
  }

  @Test
  void recover_diskFull_failsWithFileAndOffset() throws IOException {
    int whole = Copies.recover(capture).file().length;
    for (int free = 0; free < whole; free += 41) {
      FaultyChannel disk = new FaultyChannel(free);
      try (CaptureCopier copier = CaptureCopier.open(new InMemoryChannel(capture), "x.tape")) {
        assertThatThrownBy(
                () ->
                    copier.copy(
                        SplitRule.whole(),
                        (part, parts) -> CopyTarget.of(disk, "full.tape"),
                        Copies.options()))
            .as("%d bytes free", free)
            .isInstanceOf(IOException.class)
            .hasMessageContaining("full.tape: cannot write a ")
            .hasMessageContaining("No space left");
      }
      assertThat(disk.isOpen()).isFalse();
    }
  }

  private static CaptureHeader headerOf(byte[] file) throws IOException {
    try (CaptureReader reader =
        CaptureReader.open(new InMemoryChannel(file), "test.tape", ReaderOptions.defaults())) {
      return reader.header();
    }
  }
}
