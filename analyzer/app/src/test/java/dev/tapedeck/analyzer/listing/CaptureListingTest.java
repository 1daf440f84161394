// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.listing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.Identities;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.format.TestKeys;
import dev.tapedeck.format.WriterOptions;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CaptureListingTest {
  private static final Path CORPUS =
      Path.of(System.getProperty("tapedeck.root", "..")).resolve("samples/captures");

  @TempDir Path folder;

  private static CaptureListing open(Path file, IndexUse use) throws IOException {
    return CaptureListing.open(
        file, CaptureRef.ONLY, () -> CaptureReader.open(file, ReaderOptions.defaults()), 1, use);
  }

  /** All captures of the corpus that are whole. */
  static List<Path> captures() throws IOException {
    try (Stream<Path> files = Files.walk(CORPUS)) {
      List<Path> captures =
          files
              .filter(file -> file.toString().endsWith(".tape"))
              .filter(file -> !file.toString().contains("format"))
              .sorted()
              .toList();
      assertThat(captures).isNotEmpty();
      return captures;
    }
  }

  @ParameterizedTest
  @MethodSource("captures")
  void exchange_readAloneAgain_isTheOneOfTheWholeReading(Path capture) throws IOException {
    assertReadsAlone(Files.copy(capture, folder.resolve("capture.tape")));
  }

  private static void assertReadsAlone(Path file) throws IOException {
    List<Exchange> whole = new ArrayList<>();
    try (CaptureListing listing = open(file, IndexUse.NONE)) {
      listing.build();
      listing.scan(
          (number, exchange) -> {
            whole.add(exchange);
            return true;
          });
      assertThat(listing.count()).isEqualTo(whole.size()).isPositive();
      for (int n = 0; n < whole.size(); n++) {
        Exchange exchange = whole.get(n);
        Exchange alone = listing.exchange(n);
        Rows row = listing.row(n);
        assertThat(row.id(0)).isEqualTo(exchange.id()).isEqualTo(alone.id());
        assertThat(parts(alone.request())).isEqualTo(parts(exchange.request()));
        assertThat(parts(alone.response())).isEqualTo(parts(exchange.response()));
        assertThat(alone.interim().stream().map(CaptureListingTest::parts))
            .isEqualTo(exchange.interim().stream().map(CaptureListingTest::parts).toList());
        assertThat(alone.messages()).isEqualTo(exchange.messages());
        assertThat(alone.startedEpochNanos()).isEqualTo(exchange.startedEpochNanos());
        assertThat(alone.endedEpochNanos()).isEqualTo(exchange.endedEpochNanos());
        assertThat(alone.firstByteEpochNanos()).isEqualTo(exchange.firstByteEpochNanos());
        assertThat(alone.completeness()).isEqualTo(exchange.completeness());
        assertThat(alone.anomalies()).isEqualTo(exchange.anomalies());
        assertThat(alone.connection().client()).isEqualTo(exchange.connection().client());
        assertThat(alone.connection().server()).isEqualTo(exchange.connection().server());
        assertThat(alone.connection().scheme()).isEqualTo(exchange.connection().scheme());
      }
    }
  }

  private static @Nullable List<Object> parts(@Nullable HttpMessage message) {
    return message == null
        ? null
        : List.of(
            message.head(),
            message.body().framed().toBytes(),
            message.body().content().toBytes(),
            message.trailers(),
            message.completeness(),
            message.anomalies(),
            message.firstEpochNanos(),
            message.lastEpochNanos());
  }

  @Test
  void exchange_ofManyOnManyConnections_readsOnlyItsOwnBytes() throws IOException {
    StringBuilder script = new StringBuilder();
    for (int c = 0; c < 20; c++) {
      script.append("c").append(c).append(": @ ").append(c % 2 == 0 ? "plain" : "tls");
      script.append(" server 192.0.2.1:").append(40_000 + c).append(" -> 192.0.2.2:80\n");
    }
    for (int i = 0; i < 400; i++) {
      String name = "c" + i % 20;
      script
          .append(name)
          .append(" >> GET /")
          .append(i)
          .append(" HTTP/1.1\\r\\nhost: a\\r\\n\\r\\n\n");
      script.append(name).append(" << HTTP/1.1 200 OK\\r\\ncontent-length: 4\\r\\n\\r\\n");
      script.append(String.format(Locale.ROOT, "%04d", i)).append("\n+ 1s\n");
    }
    Path file = folder.resolve("many.tape");
    EventScript.parse(script.toString()).writeTo(file);

    assertReadsAlone(file);
    AtomicInteger opened = new AtomicInteger();
    CaptureOpener opener =
        () -> {
          opened.incrementAndGet();
          return CaptureReader.open(file, ReaderOptions.defaults());
        };
    try (CaptureListing listing =
        CaptureListing.open(file, CaptureRef.ONLY, opener, 1, IndexUse.NONE)) {
      listing.build();
      int before = opened.get();
      for (int n = 0; n < listing.count(); n++) {
        assertThat(listing.exchange(n).response()).isNotNull();
      }
      assertThat(opened.get() - before)
          .as("once for each: a second opening would be the whole capture")
          .isEqualTo(listing.count());
    }
  }

  @Test
  void open_secondTime_hasAllRowsWithoutReadingTheCapture() throws IOException {
    Path file = Files.copy(CORPUS.resolve("keep-alive/capture.tape"), folder.resolve("a.tape"));
    String first;
    byte[] session;
    try (CaptureListing listing = open(file, IndexUse.KEPT)) {
      assertThat(listing.isComplete()).isFalse();
      listing.build();
      first = listing.row(0).target(0);
      session = listing.sessionJson(1);
      assertThat(listing.progress()).isEqualTo(1);
    }
    Path index = folder.resolve("a.tape.idx");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(index)))
        .isEqualTo("rw-------");
    try (CaptureListing listing = open(file, IndexUse.KEPT)) {
      assertThat(listing.isComplete()).isTrue();
      assertThat(listing.row(0).target(0)).isEqualTo(first).startsWith("/");
      assertThat(listing.sessionJson(1)).isEqualTo(session).isNotEmpty();
      assertThat(listing.exchange(0).request()).isNotNull();
    }
  }

  @Test
  void open_ofAnotherCaptureOrADamagedIndex_isMadeAnew() throws IOException {
    Path file = Files.copy(CORPUS.resolve("keep-alive/capture.tape"), folder.resolve("a.tape"));
    Path index = folder.resolve("a.tape.idx");
    try (CaptureListing listing = open(file, IndexUse.KEPT)) {
      listing.build();
    }
    byte[] good = Files.readAllBytes(index);
    for (int at : new int[] {0, 9, 20, 60, good.length - 1}) {
      byte[] damaged = good.clone();
      damaged[at] ^= 1;
      Files.write(index, damaged);
      try (CaptureListing listing = open(file, IndexUse.KEPT)) {
        assertThat(listing.isComplete()).as("byte " + at).isFalse();
      }
    }
    Files.write(index, new byte[100]);
    try (CaptureListing listing = open(file, IndexUse.KEPT)) {
      assertThat(listing.isComplete()).isFalse();
    }
    Files.write(index, good);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
    try (CaptureListing listing = open(file, IndexUse.KEPT)) {
      assertThat(listing.isComplete()).as("the capture was changed").isFalse();
      listing.build();
      assertThat(listing.count()).isPositive();
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).as("nothing unfinished is left").hasSize(2);
    }
  }

  private Path indexed() throws IOException {
    Path file = Files.copy(CORPUS.resolve("keep-alive/capture.tape"), folder.resolve("a.tape"));
    try (CaptureListing listing = open(file, IndexUse.KEPT)) {
      listing.build();
    }
    return file;
  }

  @Test
  void row_ofADamagedChunk_isRefusedAndTheIndexRemoved() throws IOException {
    Path file = indexed();
    Path index = folder.resolve("a.tape.idx");
    byte[] good = Files.readAllBytes(index);
    for (int at : new int[] {RowLayout.STARTED, RowLayout.STATUS, RowLayout.TEXTS}) {
      byte[] damaged = good.clone();
      damaged[4096 + at] ^= 1;
      Files.write(index, damaged);
      Files.setPosixFilePermissions(index, PosixFilePermissions.fromString("rw-------"));
      try (CaptureListing listing = open(file, IndexUse.KEPT)) {
        assertThat(listing.isComplete()).isTrue();
        assertThatThrownBy(() -> listing.row(0)).isInstanceOf(DamagedIndexException.class);
      }
      assertThat(index).doesNotExist();
    }
    try (CaptureListing listing = open(file, IndexUse.KEPT)) {
      listing.build();
      assertThat(listing.row(0).target(0)).startsWith("/");
    }
    assertThat(index).hasBinaryContent(good);
  }

  @Test
  void open_indexThatOthersCouldWrite_isMadeAnew() throws IOException {
    Path file = indexed();
    Path index = folder.resolve("a.tape.idx");
    for (String permissions : List.of("rw--w----", "rw-----w-", "rw----r--")) {
      Files.setPosixFilePermissions(index, PosixFilePermissions.fromString(permissions));
      try (CaptureListing listing = open(file, IndexUse.KEPT)) {
        assertThat(listing.isComplete()).as(permissions).isFalse();
        listing.build();
      }
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(index)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void open_indexOfAnotherUser_isMadeAnew() throws IOException {
    Path file = indexed();
    Path index = folder.resolve("a.tape.idx");
    Assumptions.assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
        "only root can give files away");
    Files.setAttribute(index, "unix:uid", 65_534);
    try (CaptureListing listing = open(file, IndexUse.KEPT)) {
      assertThat(listing.isComplete()).isFalse();
    }
  }

  @Test
  void open_symbolicLinkInItsPlace_isNeitherReadNorWrittenThrough() throws IOException {
    Path file = indexed();
    Path index = folder.resolve("a.tape.idx");
    Path elsewhere = Files.move(index, folder.resolve("elsewhere"));
    Files.createSymbolicLink(index, elsewhere);
    byte[] before = Files.readAllBytes(elsewhere);
    try (CaptureListing listing = open(file, IndexUse.KEPT)) {
      assertThat(listing.isComplete()).as("it is not read").isFalse();
      listing.build();
    }
    assertThat(elsewhere).hasBinaryContent(before);
    assertThat(index).isRegularFile();
    assertThat(Files.isSymbolicLink(index)).isFalse();
  }

  @Test
  void build_whereNoIndexCanBeWritten_servesThisTime() throws IOException {
    Path file = Files.copy(CORPUS.resolve("keep-alive/capture.tape"), folder.resolve("a.tape"));
    // A folder is never replaced by a file, not even for root.
    Path index = Files.createDirectory(folder.resolve("a.tape.idx"));
    Files.createFile(index.resolve("x"));
    try (CaptureListing listing = open(file, IndexUse.KEPT)) {
      listing.build();
      assertThat(listing.isComplete()).isTrue();
      assertThat(listing.row(0).target(0)).startsWith("/");
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(file, index);
    }
  }

  @Test
  void build_inAFolderThatCannotBeWritten_servesThisTime() throws IOException {
    // In such a file system root can create nothing either.
    Path capture = Path.of("/proc/self/fd");
    Assumptions.assumeTrue(Files.isDirectory(capture));
    Path file = Files.copy(CORPUS.resolve("keep-alive/capture.tape"), folder.resolve("a.tape"));
    try (FileChannel opened = FileChannel.open(file)) {
      assertThat(opened.isOpen()).isTrue();
      Path other = descriptorOf(file);
      try (CaptureListing listing = open(other, IndexUse.KEPT)) {
        listing.build();
        assertThat(listing.row(0).target(0)).startsWith("/");
      }
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  private static Path descriptorOf(Path file) throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors
          .filter(each -> Files.exists(each) && file.equals(target(each)))
          .findFirst()
          .orElseThrow();
    }
  }

  private static @Nullable Path target(Path link) {
    try {
      return Files.readSymbolicLink(link);
    } catch (IOException e) {
      // Closed meanwhile.
      return null;
    }
  }

  @Test
  void build_readOnly_usesAnIndexAndLeavesNone() throws IOException {
    Path file = Files.copy(CORPUS.resolve("keep-alive/capture.tape"), folder.resolve("a.tape"));
    try (CaptureListing listing = open(file, IndexUse.READ)) {
      listing.build();
      assertThat(listing.row(0).target(0)).startsWith("/");
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
    try (CaptureListing listing = open(file, IndexUse.KEPT)) {
      listing.build();
    }
    try (CaptureListing listing = open(file, IndexUse.READ)) {
      assertThat(listing.isComplete()).isTrue();
    }
  }

  @Test
  void build_encryptedCapture_leavesNothingOnDisk() throws IOException {
    Path file = folder.resolve("secret.tape");
    EventScript script =
        EventScript.parse(
            ">> GET /secret HTTP/1.1\\r\\nhost: a\\r\\n\\r\\n\n"
                + "<< HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\nok");
    WriterOptions options = WriterOptions.newBuilder().encryption(TestKeys.encryption()).build();
    Files.write(file, script.toCapture(options));
    Path key = Files.writeString(folder.resolve("key.txt"), TestKeys.ALICE_SECRET + "\n");
    ReaderOptions withKey = ReaderOptions.defaults().withIdentities(Identities.read(List.of(key)));

    try (CaptureListing listing =
        CaptureListing.open(
            file, CaptureRef.ONLY, () -> CaptureReader.open(file, withKey), 1, IndexUse.KEPT)) {
      listing.build();
      assertThat(listing.row(0).target(0)).isEqualTo("/secret");
      assertThat(listing.exchange(0).response()).isNotNull();
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(file, key);
    }
  }
}
