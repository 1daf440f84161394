// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.TlsSessionId;
import dev.tapedeck.recorder.bpf.RingBufferReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ways in which a library's functions call, follow and fail one another, with a fake one. */
@BpfTest
final class TlsCallsIT {
  @TempDir private static Path folder;
  private static KernelSide kernel;
  private static ProbeAttacher attacher;
  private static RingBufferReader ring;
  private static String library;
  private KernelSide.LossCount missedBefore;
  private final List<CaptureEvent> events = new ArrayList<>();

  @BeforeAll
  static void attach() throws Exception {
    Path source = Path.of(System.getProperty("tapedeck.root"), "bpf", "test", "fakessl.c");
    library = folder.resolve("fakessl.so").toString();
    assertThat(
            TestServers.run(
                folder, "cc", "-O2", "-fPIC", "-shared", "-o", library, source.toString()))
        .as("cc")
        .isZero();
    try (var in = TlsCallsIT.class.getResourceAsStream("fake_calls.py")) {
      Files.copy(in, folder.resolve("fake_calls.py"));
    }
    kernel =
        KernelSide.load(RecorderOptions.newBuilder().build(), (int) ProcessHandle.current().pid());
    attacher = new ProbeAttacher(kernel);
    ring = kernel.openRing();
    TlsLibraryFinder finder = new TlsLibraryFinder(new ProcFs(Path.of("/proc")));
    TlsLibrary found = finder.inFile(Path.of(library)).orElseThrow();
    assertThat(attacher.attach(found, ProbeOwner.EVERYBODY).refusal()).isEmpty();
  }

  @AfterAll
  static void detach() {
    ring.close();
    attacher.close();
    kernel.close();
  }

  @BeforeEach
  void countMissed() throws Exception {
    missedBefore = allMissed();
  }

  private void call(String... statements) throws Exception {
    assertThat(
            TestServers.run(
                folder,
                "/usr/bin/python3",
                folder.resolve("fake_calls.py").toString(),
                library,
                String.join("; ", statements)))
        .as("fake_calls.py")
        .isZero();
    take();
  }

  private void take() throws IOException {
    RecordDecoder decoder = new RecordDecoder(new ProcessKeys(1), events::add);
    ring.drain(decoder, Integer.MAX_VALUE);
    assertThat(decoder.malformed()).isZero();
  }

  /** Returns the bytes of a direction, of all sessions in the order of their calls. */
  private String bytes(Direction direction) {
    StringBuilder text = new StringBuilder();
    for (CaptureEvent event : events) {
      if (event instanceof StreamEvent.Data data && data.stream().direction() == direction) {
        text.append(new String(data.payload().toArray(), StandardCharsets.ISO_8859_1)).append('|');
      }
    }
    return text.toString();
  }

  private <T extends CaptureEvent> List<T> only(Class<T> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private static KernelSide.LossCount allMissed() throws Exception {
    return kernel
        .losses()
        .getOrDefault(LossEvent.Cause.PROBE_MISSED, new KernelSide.LossCount(0, 0));
  }

  private KernelSide.LossCount missed() throws Exception {
    return allMissed().plus(-missedBefore.events(), -missedBefore.bytes());
  }

  @Test
  void record_functionThatJumpsToAnother_countsOnce() throws Exception {
    call("lib.SSL_write_ex(ssl, b'jump', 4, n)");

    assertThat(bytes(Direction.EGRESS)).isEqualTo("jump|");
  }

  @Test
  void record_sevenWritesOfWhichSixFail_addsTheLastAlone() throws Exception {
    // Failing here is a thing of reads: asked for one byte, it fails with the buffer changed.
    call("[lib.SSL_read(ssl, buffer, 1) for i in range(6)]", "lib.SSL_read(ssl, buffer, 6)");

    assertThat(bytes(Direction.INGRESS)).isEqualTo("answer|");
  }

  @Test
  void record_moreAskedThanMoved_takesWhatTheCallReturned() throws Exception {
    call("lib.SSL_read(ssl, buffer, 64)", "lib.SSL_write(ssl, b'0123456789', 10)");

    assertThat(bytes(Direction.INGRESS)).isEqualTo("answer|");
    assertThat(bytes(Direction.EGRESS)).isEqualTo("01234567|");
    assertThat(only(StreamEvent.Data.class).get(0).call().requestedLength()).isEqualTo(64);
  }

  @Test
  void record_peeks_areInNoStream() throws Exception {
    call(
        "lib.SSL_peek(ssl, buffer, 4)",
        "lib.SSL_read(ssl, buffer, 4)",
        "lib.SSL_peek_ex(ssl, buffer, 5, n)",
        "lib.SSL_read_ex(ssl, buffer, 5, n)");

    assertThat(bytes(Direction.INGRESS)).isEqualTo("answ|answe|");
  }

  @Test
  void record_earlyData_standsOnceInTheStream() throws Exception {
    call(
        "lib.SSL_write_early_data(ssl, b'early', 5, n)",
        "lib.SSL_read_early_data(ssl, buffer, 3, n)",
        "lib.SSL_read_early_data(ssl, buffer, 0, n)");

    assertThat(bytes(Direction.EGRESS)).isEqualTo("early|");
    assertThat(bytes(Direction.INGRESS)).isEqualTo("ans|");
  }

  @Test
  void record_sendfile_isALengthWithItsPlace() throws Exception {
    call(
        "lib.SSL_write(ssl, b'head', 4)",
        "lib.SSL_sendfile(ssl, 0, 0, 6 << 30, 0)",
        "lib.SSL_sendfile(ssl, 0, 0, 1, 0)",
        "lib.SSL_write(ssl, b'tail', 4)");

    StreamEvent.Transfer transfer = only(StreamEvent.Transfer.class).get(0);
    assertThat(only(StreamEvent.Transfer.class)).hasSize(1);
    assertThat(transfer.position()).isEqualTo(4);
    assertThat(transfer.lengthBytes()).isEqualTo(6L << 30);
    assertThat(only(StreamEvent.Data.class).get(1).position()).isEqualTo(4 + (6L << 30));
  }

  @Test
  void record_tlsInsideTls_givesEachSessionItsBytes() throws Exception {
    call("other = lib.SSL_new(1)", "lib.SSL_write(other, b'inner', 5)");

    assertThat(bytes(Direction.EGRESS)).isEqualTo("[outer]|inner|");
    assertThat(only(StreamEvent.Data.class))
        .extracting(StreamEvent.Data::stream)
        .doesNotHaveDuplicates();
  }

  @Test
  void record_callsDeeperThanAreFollowed_areCounted() throws Exception {
    call("lib.SSL_write(lib.nested_session(0), b'nested', 6)");

    assertThat(only(StreamEvent.Data.class)).hasSize(8);
    assertThat(missed()).isEqualTo(new KernelSide.LossCount(2, 12));
  }

  @Test
  void record_returnsThatAreSkipped_leaveLaterCallsAlone() throws Exception {
    call("lib.jump_out(ssl, -1)", "lib.end_inside(ssl)", "lib.SSL_read(ssl, buffer, 4)");

    assertThat(bytes(Direction.EGRESS)).isEqualTo("after|again|");
    assertThat(bytes(Direction.INGRESS)).isEqualTo("answ|");
    assertThat(missed().events()).isZero();
  }

  @Test
  void record_livesOfOneAddress_areGenerations() throws Exception {
    call(
        "lib.SSL_up_ref(ssl)",
        "lib.SSL_dup(ssl)",
        "lib.SSL_write(ssl, b'first', 5)",
        "lib.SSL_free(ssl)",
        "lib.SSL_free(ssl)",
        "lib.SSL_write(ssl, b'still', 5)",
        "lib.SSL_clear(ssl)",
        "lib.SSL_write(ssl, b'second', 6)",
        "lib.SSL_free(ssl)",
        "lib.SSL_new(None)",
        "lib.SSL_write(ssl, b'third', 5)");

    List<Long> generations =
        only(StreamEvent.Data.class).stream()
            .map(data -> ((TlsSessionId) data.stream().owner()).generation())
            .toList();
    assertThat(bytes(Direction.EGRESS)).isEqualTo("first|still|second|third|");
    long first = generations.get(0);
    assertThat(generations).containsExactly(first, first, first + 1, first + 2);
  }

  /** As Apache and the HTTP client of Java do. */
  @Test
  void record_threadsThatTakeTurns_addToTheStreamsOfOneSession() throws Exception {
    call(
        "import threading",
        "at = lambda f, *a: (lambda t: (t.start(), t.join()))(threading.Thread(target=f, args=a))",
        "at(lib.SSL_write, ssl, b'one', 3)",
        "at(lib.SSL_read, ssl, buffer, 4)",
        "lib.SSL_write(ssl, b'two', 3)",
        "at(lib.SSL_write, ssl, b'three', 5)");

    assertThat(bytes(Direction.EGRESS)).isEqualTo("one|two|three|");
    assertThat(bytes(Direction.INGRESS)).isEqualTo("answ|");
    List<StreamEvent.Data> data = only(StreamEvent.Data.class);
    assertThat(data).extracting(StreamEvent.Data::position).containsExactly(0L, 0L, 3L, 6L);
    assertThat(data).extracting(each -> each.stamp().tid()).doesNotHaveDuplicates();
    assertThat(data).extracting(each -> each.stream().owner()).containsOnly(owner(data.get(0)));
  }

  private static StreamOwner owner(StreamEvent.Data data) {
    return data.stream().owner();
  }

  @Test
  void record_endOfASession_standsBehindItsBytesAndCountsThem() throws Exception {
    call("lib.SSL_write(ssl, b'12345678', 8)", "lib.SSL_read(ssl, buffer, 4)", "lib.SSL_free(ssl)");

    List<CaptureEvent> ofSessions =
        events.stream()
            .filter(event -> event instanceof StreamEvent || event instanceof TlsEvent.Free)
            .toList();
    assertThat(ofSessions).hasSize(3);
    assertThat(ofSessions.get(2)).isInstanceOf(TlsEvent.Free.class);
    TlsEvent.Free end = (TlsEvent.Free) ofSessions.get(2);
    assertThat(end.end().egressPosition()).isEqualTo(8);
    assertThat(end.end().ingressPosition()).isEqualTo(4);
  }

  @Test
  void record_handshakes_areToldOnce() throws Exception {
    call("lib.SSL_connect(ssl)", "lib.SSL_accept(ssl)", "lib.SSL_accept(ssl)");

    assertThat(only(TlsEvent.Handshake.class)).hasSize(1);
  }
}
