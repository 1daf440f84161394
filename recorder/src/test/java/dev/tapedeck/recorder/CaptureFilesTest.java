// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.FaultyChannel;
import dev.tapedeck.format.InMemoryChannel;
import dev.tapedeck.format.LibraryEvent;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.TestObjects;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.WriterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recording that goes to several files loses nothing and doubles nothing where they meet. */
final class CaptureFilesTest {
  private static final long SECOND = 1_000_000_000L;
  private static final WriterOptions SMALL_BLOCKS =
      WriterOptions.newBuilder().blockBytes(1 << 10).freeSpaceFloorBytes(0).build();

  @TempDir Path folder;
  private long clockReadings;
  private long realSeconds;

  private final CaptureFiles.FileSource onDisk = source(null);

  private CaptureFiles.FileSource source(@Nullable FaultyChannel disk) {
    return new CaptureFiles.FileSource() {
      @Override
      public CaptureWriter newWriter(Path file, int number) throws IOException {
        var header =
            TestObjects.header().toBuilder()
                .fileId(Bytes.latin1(String.format("file %011d", number)))
                .build();
        return disk == null
            ? CaptureWriter.create(file, header, SMALL_BLOCKS)
            : CaptureWriter.create(disk, file.toString(), header, SMALL_BLOCKS);
      }

      @Override
      public ClockEvent readClocks() {
        EventStamp stamp =
            new EventStamp(
                TestObjects.NO_PROCESS,
                0,
                0,
                TestObjects.START_NANOS,
                EventOrigin.userSpace(clockReadings++));
        return new ClockEvent(
            stamp, TestObjects.START_NANOS, TestObjects.START_REAL_NANOS + SECOND * realSeconds++);
      }
    };
  }

  private static FileOptions rotating(long sizeBytes, @Nullable Duration interval, int keep) {
    return new FileOptions(
        Duration.ZERO, false, new FileOptions.Rotation(sizeBytes, interval, keep));
  }

  /** A process with a plain and a TLS connection, which take turns. */
  private static List<CaptureEvent> traffic(int rounds) {
    StringBuilder script =
        new StringBuilder(
            """
            p: @ plain server 192.0.2.1:40000 -> 192.0.2.2:80
            t: @ tls server 192.0.2.1:40001 -> 192.0.2.2:443
            """);
    for (int i = 0; i < rounds; i++) {
      script.append("p >> GET /plain/").append(i).append(" HTTP/1.1\\r\\n\\r\\n\n");
      script.append("t << answer ").append(i).append(" ").append("x".repeat(i % 97)).append('\n');
    }
    script.append("close p\nclose t\n");
    List<CaptureEvent> events = new ArrayList<>();
    EventStamp stamp =
        new EventStamp(
            TestObjects.SERVER_PROCESS, 1, 0, TestObjects.START_NANOS, EventOrigin.userSpace(0));
    events.add(new LibraryEvent(stamp, "/lib/libssl.so.3", "ab", "openssl", "3.0", 9));
    events.addAll(EventScript.parse(script.toString()).events());
    return events;
  }

  /** Writes events and waits at each seam for the file before, so that seams fall alike. */
  private void writeAll(CaptureFiles files, List<CaptureEvent> events) throws IOException {
    for (CaptureEvent event : events) {
      files.write(event);
      while (files.isFinishing()) {
        Thread.onSpinWait();
      }
    }
  }

  private List<Path> captures() throws IOException {
    try (Stream<Path> listed = Files.list(folder)) {
      return listed.sorted().toList();
    }
  }

  private static List<CaptureEvent> read(Path file) throws IOException {
    List<CaptureEvent> events = new ArrayList<>();
    try (CaptureReader reader = CaptureReader.open(file, ReaderOptions.defaults())) {
      assertThat(reader.summary().complete()).as(file.toString()).isTrue();
      reader.read(Projection.ALL, events::add);
    }
    return events;
  }

  @Test
  void write_rotatedBySize_unionOfFilesIsWhatWasWritten() throws IOException {
    List<CaptureEvent> produced = traffic(400);
    try (CaptureFiles files =
        CaptureFiles.open(folder.resolve("web1.tape"), rotating(5_000, null, 0), onDisk)) {
      writeAll(files, produced);
    }

    List<Path> captures = captures();
    assertThat(captures).hasSizeGreaterThan(5);
    assertThat(captures)
        .allSatisfy(
            file ->
                assertThat(file.getFileName().toString())
                    .matches("web1-20000101T0000\\d\\dZ-\\d{4}\\.tape"));
    List<CaptureEvent> union = new ArrayList<>();
    for (Path file : captures) {
      union.addAll(read(file));
    }
    List<CaptureEvent> repeated = new ArrayList<>(union);
    repeated.removeAll(produced);
    assertThat(union.stream().filter(event -> !repeated.contains(event))).isEqualTo(produced);
    assertThat(repeated)
        .allSatisfy(
            event -> {
              assertThat(event.stamp().origin().cpu()).isEqualTo(-1);
              assertThat(event).isNotInstanceOf(StreamEvent.class);
            });
  }

  @Test
  void write_laterFile_hasWhatItsStreamsNeed() throws IOException {
    try (CaptureFiles files =
        CaptureFiles.open(folder.resolve("web1.tape"), rotating(5_000, null, 0), onDisk)) {
      writeAll(files, traffic(400));
    }

    List<Path> captures = captures();
    assertThat(captures).hasSizeGreaterThan(2);
    List<CaptureEvent> events = read(captures.get(1));
    assertThat(events.get(0)).isInstanceOf(ClockEvent.class);
    assertThat(events.get(1)).isInstanceOf(LibraryEvent.class);
    List<CaptureEvent> before =
        events.subList(0, events.indexOf(firstData(events, TestObjects.TLS_SESSION.getClass())));
    assertThat(before)
        .hasAtLeastOneElementOfType(TlsEvent.Binding.class)
        .hasAtLeastOneElementOfType(SocketEvent.Existing.class)
        .filteredOn(ProcessEvent.Exec.class::isInstance)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(((ProcessEvent.Exec) event).existing()).isTrue();
              assertThat(((ProcessEvent.Exec) event).program().exe()).isEqualTo("/usr/bin/server");
            });
    List<CaptureEvent> first = read(captures.get(0));
    assertThat(events)
        .filteredOn(SocketEvent.Existing.class::isInstance)
        .hasSize(2)
        .allSatisfy(
            event ->
                assertThat(first)
                    .filteredOn(SocketEvent.Accept.class::isInstance)
                    .map(accept -> ((SocketEvent.Accept) accept).flow())
                    .contains(((SocketEvent.Existing) event).flow()));
    StreamEvent.Data data = firstData(events, TestObjects.TLS_SESSION.getClass());
    assertThat(data.position()).as("streams go on").isPositive();
  }

  private static StreamEvent.Data firstData(List<CaptureEvent> events, Class<?> owner) {
    return events.stream()
        .filter(StreamEvent.Data.class::isInstance)
        .map(StreamEvent.Data.class::cast)
        .filter(data -> owner.isInstance(data.stream().owner()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void write_sameEvents_giveTheSameFiles() throws IOException {
    Path first = Files.createDirectory(folder.resolve("first"));
    Path second = Files.createDirectory(folder.resolve("second"));
    for (Path into : List.of(first, second)) {
      clockReadings = 0;
      realSeconds = 0;
      try (CaptureFiles files =
          CaptureFiles.open(into.resolve("a.tape"), rotating(5_000, null, 0), onDisk)) {
        writeAll(files, traffic(400));
      }
    }
    try (Stream<Path> listed = Files.list(first)) {
      List<Path> captures = listed.toList();
      assertThat(captures).hasSizeGreaterThan(3);
      for (Path file : captures) {
        assertThat(second.resolve(file.getFileName())).hasSameBinaryContentAs(file);
      }
    }
  }

  @Test
  void write_keep_deletesTheOldestOfItsOwnOnly() throws IOException {
    Path foreign = Files.writeString(folder.resolve("web1-19990101T000000Z-0001.tape"), "foreign");
    int finished;
    int deleted;
    CaptureFiles files =
        CaptureFiles.open(folder.resolve("web1.tape"), rotating(5_000, null, 2), onDisk);
    try (files) {
      writeAll(files, traffic(400));
    }
    finished = files.finishedFiles();
    deleted = files.deletedFiles();

    assertThat(foreign).hasContent("foreign");
    assertThat(captures()).hasSize(3);
    assertThat(finished).isGreaterThan(4);
    assertThat(deleted).isEqualTo(finished - 2);
    assertThat(files.sum().events()).isGreaterThan(801);
    List<CaptureEvent> last = read(captures().get(2));
    assertThat(last).hasAtLeastOneElementOfType(SocketEvent.Close.class);
  }

  @Test
  void write_keepAndAFileOfTheSameNameByAnother_leavesThat() throws IOException {
    CaptureFiles files =
        CaptureFiles.open(folder.resolve("web1.tape"), rotating(5_000, null, 1), onDisk);
    try (files) {
      List<CaptureEvent> events = traffic(400);
      int at = 0;
      while (files.finishedFiles() == 0) {
        writeAll(files, List.of(events.get(at++)));
      }
      Path first = captures().get(0);
      Files.delete(first);
      Files.writeString(folder.resolve("placeholder"), "takes the place of the old file's number");
      Files.writeString(first, "somebody else's");
      writeAll(files, events.subList(at, events.size()));
      assertThat(first).hasContent("somebody else's");
    }
    assertThat(files.deletedFiles()).isPositive();
  }

  @Test
  void tick_interval_rotatesWhenThereIsContent() throws IOException {
    try (CaptureFiles files =
        CaptureFiles.open(
            folder.resolve("a.tape"), rotating(0, Duration.ofSeconds(10), 0), onDisk)) {
      files.write(onDisk.readClocks());
      files.tick(TestObjects.START_NANOS + 60 * SECOND);
      assertThat(captures()).as("nothing but a clock").hasSize(1);
      files.write(traffic(0).get(0));
      files.tick(TestObjects.START_NANOS + 10 * SECOND - 1);
      assertThat(captures()).as("too young").hasSize(1);
      files.tick(TestObjects.START_NANOS + 10 * SECOND);
      assertThat(captures()).hasSize(2);
    }
    assertThat(captures())
        .allSatisfy(
            file ->
                assertThat(file.toString())
                    .endsWith("Z-000" + (captures().indexOf(file) + 1) + ".tape"));
  }

  @Test
  void open_nameThatIsTaken_takesTheNext() throws IOException {
    Files.writeString(folder.resolve("a-20000101T000000Z-0001.tape"), "there");
    Files.writeString(folder.resolve("a-20000101T000000Z-0002.tape.partial"), "there too");
    CaptureFiles.open(folder.resolve("a.tape"), rotating(5_000, null, 0), onDisk).close();
    assertThat(captures())
        .extracting(file -> file.getFileName().toString())
        .containsExactly(
            "a-20000101T000000Z-0001.tape",
            "a-20000101T000000Z-0002.tape.partial",
            "a-20000101T000000Z-0003.tape");
  }

  @Test
  void sync_diskHangs_writingGoesOn() throws IOException, InterruptedException {
    FaultyChannel disk = new FaultyChannel(Long.MAX_VALUE / 2);
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    disk.onSync(
        () -> {
          hangs.countDown();
          try {
            released.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    FileOptions options = new FileOptions(Duration.ofMillis(1), false, null);
    List<CaptureEvent> produced = traffic(100);
    try (CaptureFiles files = CaptureFiles.open(folder.resolve("a.tape"), options, source(disk))) {
      hangs.await();
      for (CaptureEvent event : produced) {
        files.write(event);
        files.tick(TestObjects.START_NANOS);
      }
      assertThat(disk.syncs()).as("the next waits for the end of the first").isEqualTo(1);
      released.countDown();
    }
    assertThat(events(disk)).isEqualTo(produced);
  }

  private static List<CaptureEvent> events(FaultyChannel disk) throws IOException {
    List<CaptureEvent> events = new ArrayList<>();
    try (CaptureReader reader =
        CaptureReader.open(
            new InMemoryChannel(disk.toByteArray()), "a.tape", ReaderOptions.defaults())) {
      assertThat(reader.summary().complete()).isTrue();
      reader.read(Projection.ALL, events::add);
    }
    return events;
  }

  @Test
  void sync_fails_endsTheRecordingAndTheFileSaysSo() throws IOException {
    FaultyChannel disk = new FaultyChannel(Long.MAX_VALUE / 2);
    CountDownLatch synced = failOnce(disk);
    FileOptions options = new FileOptions(Duration.ofMillis(1), false, null);
    CaptureFiles files = CaptureFiles.open(folder.resolve("a.tape"), options, source(disk));
    files.write(traffic(0).get(0));

    assertThatThrownBy(() -> tickUntilFailure(files))
        .isInstanceOf(IOException.class)
        .hasMessage(folder.resolve("a.tape") + ": cannot be made durable: Input/output error");
    assertThat(synced.getCount()).isZero();
    files.close();

    assertThat(events(disk))
        .filteredOn(LossEvent.class::isInstance)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(((LossEvent) event).cause()).isEqualTo(LossEvent.Cause.WRITE_FAILED);
              assertThat(((LossEvent) event).events()).isEqualTo(-1);
            });
  }

  private static CountDownLatch failOnce(FaultyChannel disk) {
    CountDownLatch synced = new CountDownLatch(1);
    disk.syncFails(true);
    disk.onSync(
        () -> {
          if (synced.getCount() == 0) {
            disk.syncFails(false);
          }
          synced.countDown();
        });
    return synced;
  }

  private static void tickUntilFailure(CaptureFiles files) throws IOException {
    while (files.failure() == null) {
      files.tick(TestObjects.START_NANOS);
      Thread.onSpinWait();
    }
  }

  @Test
  void sync_failsAndTheRecordingGoesOn_isKeptForTheEnd() throws IOException {
    FaultyChannel disk = new FaultyChannel(Long.MAX_VALUE / 2);
    failOnce(disk);
    FileOptions options = new FileOptions(Duration.ofMillis(1), true, null);
    List<CaptureEvent> produced = traffic(10);
    CaptureFiles files = CaptureFiles.open(folder.resolve("a.tape"), options, source(disk));
    try (files) {
      tickUntilFailure(files);
      for (CaptureEvent event : produced) {
        files.write(event);
      }
    }
    assertThat(files.failure()).hasMessageContaining("cannot be made durable");
    assertThat(events(disk)).containsSubsequence(produced).hasSize(produced.size() + 1);
  }

  @Test
  void write_diskFullForAWhile_goesOnAndAccountsForEveryEvent() throws IOException {
    FaultyChannel disk = new FaultyChannel(20_000);
    FileOptions options = new FileOptions(Duration.ZERO, true, null);
    List<CaptureEvent> produced = traffic(1_000);
    CaptureFiles files = CaptureFiles.open(folder.resolve("a.tape"), options, source(disk));
    try (files) {
      for (int i = 0; i < produced.size(); i++) {
        if (i == produced.size() * 3 / 4) {
          assertThat(files.failure()).hasMessageContaining("No space left on device");
          disk.free(Long.MAX_VALUE / 2);
        }
        files.write(produced.get(i));
      }
    }

    List<CaptureEvent> kept = new ArrayList<>(events(disk));
    List<CaptureEvent> losses = kept.stream().filter(event -> event instanceof LossEvent).toList();
    kept.removeAll(losses);
    long lost = losses.stream().mapToLong(event -> ((LossEvent) event).events()).sum();
    assertThat(lost).isPositive();
    assertThat(kept.size() + lost).isEqualTo(produced.size());
    assertThat(produced).containsSubsequence(kept).endsWith(kept.get(kept.size() - 1));
  }

  /** The first file on a disk of its own, the others in the folder. */
  private CaptureFiles.FileSource firstOn(FaultyChannel disk) {
    return new CaptureFiles.FileSource() {
      @Override
      public CaptureWriter newWriter(Path file, int number) throws IOException {
        return (number == 1 ? source(disk) : onDisk).newWriter(file, number);
      }

      @Override
      public ClockEvent readClocks() {
        return onDisk.readClocks();
      }
    };
  }

  @Test
  void rotate_completingHangs_nextFileGrowsMeanwhile() throws IOException {
    FaultyChannel disk = new FaultyChannel(Long.MAX_VALUE / 2);
    CountDownLatch released = new CountDownLatch(1);
    disk.onSync(
        () -> {
          try {
            released.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    List<CaptureEvent> produced = traffic(400);
    try (CaptureFiles files =
        CaptureFiles.open(folder.resolve("a.tape"), rotating(5_000, null, 0), firstOn(disk))) {
      for (CaptureEvent event : produced) {
        files.write(event);
      }
      assertThat(files.isFinishing()).isTrue();
      assertThat(files.fileBytes()).isGreaterThan(15_000);
      released.countDown();
    }
    assertThat(captures()).hasSize(1);
    List<CaptureEvent> union = events(disk);
    union.addAll(read(captures().get(0)));
    assertThat(union).containsSubsequence(produced);
  }

  @Test
  void rotate_fileCannotBeCompleted_nextOneSaysWhatItCost() throws IOException {
    FaultyChannel disk = new FaultyChannel(Long.MAX_VALUE / 2);
    FileOptions options =
        new FileOptions(
            Duration.ZERO, true, new FileOptions.Rotation(0, Duration.ofSeconds(10), 0));
    List<CaptureEvent> produced = traffic(400);
    CaptureFiles files = CaptureFiles.open(folder.resolve("a.tape"), options, firstOn(disk));
    try (files) {
      for (CaptureEvent event : produced.subList(0, 401)) {
        files.write(event);
      }
      // What is in the open block, footer and trailer find no room.
      disk.free(0);
      files.tick(TestObjects.START_NANOS + 10 * SECOND);
      writeAll(files, produced.subList(401, produced.size()));
    }

    assertThat(files.failure()).hasMessageContaining("No space left on device");
    List<CaptureEvent> union = new ArrayList<>();
    try (CaptureReader reader =
        CaptureReader.open(
            new InMemoryChannel(disk.toByteArray()), "a.tape", ReaderOptions.defaults())) {
      assertThat(reader.summary().complete()).isFalse();
      reader.read(Projection.ALL, union::add);
    }
    for (Path file : captures()) {
      union.addAll(read(file));
    }
    long lost =
        union.stream()
            .filter(LossEvent.class::isInstance)
            .mapToLong(event -> ((LossEvent) event).events())
            .sum();
    assertThat(lost).isPositive();
    assertThat(union.stream().filter(produced::contains).count() + lost).isEqualTo(produced.size());
  }

  @Test
  void rotate_nextFileCannotBeMade_presentOneGoesOn() throws IOException {
    CaptureFiles.FileSource once =
        new CaptureFiles.FileSource() {
          @Override
          public CaptureWriter newWriter(Path file, int number) throws IOException {
            if (number > 1) {
              throw new IOException(file + ": cannot be made");
            }
            return onDisk.newWriter(file, number);
          }

          @Override
          public ClockEvent readClocks() {
            return onDisk.readClocks();
          }
        };
    List<CaptureEvent> produced = traffic(200);
    FileOptions options =
        new FileOptions(Duration.ZERO, true, new FileOptions.Rotation(5_000, null, 0));
    CaptureFiles files = CaptureFiles.open(folder.resolve("a.tape"), options, once);
    try (files) {
      writeAll(files, produced);
    }
    assertThat(files.failure()).hasMessageContaining("cannot be made");
    assertThat(captures()).hasSize(1);
    assertThat(read(captures().get(0))).isEqualTo(produced);
  }
}
