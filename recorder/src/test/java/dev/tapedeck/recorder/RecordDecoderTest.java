// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.CallKind;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEnds;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.TlsSessionId;
import dev.tapedeck.recorder.EventLayout.Data;
import dev.tapedeck.recorder.EventLayout.Header;
import dev.tapedeck.recorder.EventLayout.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RecordDecoderTest {
  private static final long HOST = 99;
  private static final ProcessKey PROCESS = new ProcessKey(HOST, 123, 5_000_000_000L);

  private final List<CaptureEvent> events = new ArrayList<>();
  private final RecordDecoder decoder = new RecordDecoder(new ProcessKeys(HOST), events::add);

  /** Returns a record with a header, 16 bytes into its memory as in a ring. */
  private static ByteBuffer record(int kind, int fixedBytes, byte[] variable) {
    ByteBuffer memory =
        ByteBuffer.allocateDirect(16 + fixedBytes + variable.length).order(ByteOrder.nativeOrder());
    memory.putInt(16 + Header.SIZE, fixedBytes + variable.length);
    memory.putShort(16 + Header.KIND, (short) kind);
    memory.put(16 + Header.VERSION, (byte) 1);
    memory.putLong(16 + Header.ENTER_NS, 70);
    memory.putLong(16 + Header.EXIT_NS, 80);
    memory.putLong(16 + Header.PROCESS_START_NS, PROCESS.startNanos());
    memory.putInt(16 + Header.TGID, PROCESS.pid());
    memory.putInt(16 + Header.TID, 124);
    memory.putInt(16 + Header.CPU, 3);
    memory.putLong(16 + Header.SEQUENCE, 8);
    for (int i = 0; i < variable.length; i++) {
      memory.put(16 + fixedBytes + i, variable[i]);
    }
    return memory;
  }

  private void decode(ByteBuffer record) throws IOException {
    decoder.record(record, 16, record.capacity() - 16);
  }

  private static ByteBuffer data(String text) {
    ByteBuffer record = record(Kind.DATA, Data.BYTES, text.getBytes(StandardCharsets.US_ASCII));
    record.putLong(16 + Data.STREAM_ID, 0xabc);
    record.putInt(16 + Data.STREAM_GENERATION, 2);
    record.put(16 + Data.STREAM_OWNER, (byte) Data.OWNER_TLS);
    record.put(16 + Data.STREAM_DIRECTION, (byte) 1);
    record.putLong(16 + Data.POSITION, 1000);
    record.putLong(16 + Data.CALL_SEQUENCE, 55);
    record.putLong(16 + Data.ASKED_BYTES, 4096);
    record.putLong(16 + Data.RETURNED_BYTES, text.length());
    record.putLong(16 + Data.LENGTH_BYTES, text.length());
    record.putShort(16 + Data.CALL, (short) EventLayout.Call.SSL_READ_EX);
    return record;
  }

  @Test
  void record_data_hasEverything() throws Exception {
    decode(data("hello"));

    StreamEvent.Data event = (StreamEvent.Data) events.get(0);
    assertThat(event.stamp().process()).isEqualTo(PROCESS);
    assertThat(event.stamp().tid()).isEqualTo(124);
    assertThat(event.stamp().enterNanos()).isEqualTo(70);
    assertThat(event.stamp().exitNanos()).isEqualTo(80);
    assertThat(event.stamp().origin()).isEqualTo(new EventOrigin(0, 3, 7));
    assertThat(event.stream())
        .isEqualTo(new StreamId(new TlsSessionId(PROCESS, 0xabc, 2), Direction.INGRESS));
    assertThat(event.position()).isEqualTo(1000);
    assertThat(event.originalLength()).isEqualTo(5);
    assertThat(event.payload().toLatin1()).isEqualTo("hello");
    assertThat(event.call().kind()).isEqualTo(CallKind.SSL_READ_EX);
    assertThat(event.call().id()).isEqualTo(55);
    assertThat(event.call().requestedLength()).isEqualTo(4096);
  }

  @Test
  void record_dataOfSocket_belongsToTheConnection() throws Exception {
    ByteBuffer record = data("x");
    record.put(16 + Data.STREAM_OWNER, (byte) Data.OWNER_SOCKET);
    record.put(16 + Data.STREAM_DIRECTION, (byte) 0);
    decode(record);

    assertThat(((StreamEvent.Data) events.get(0)).stream())
        .isEqualTo(new StreamId(new ConnectionId(HOST, 0xabc, 2), Direction.EGRESS));
  }

  @Test
  void record_transferOverTheCap_isDataThatWasCut() throws Exception {
    ByteBuffer record = data("");
    record.putShort(16 + Header.KIND, (short) Kind.TRANSFER);
    record.putLong(16 + Data.LENGTH_BYTES, 1_000_000);
    record.put(16 + Data.CAUSE, (byte) Data.CAUSE_CAP);
    decode(record);

    StreamEvent.Data event = (StreamEvent.Data) events.get(0);
    assertThat(event.originalLength()).isEqualTo(1_000_000);
    assertThat(event.capturedLength()).isZero();
  }

  @Test
  void record_transferWithoutMemory_isTransfer() throws Exception {
    ByteBuffer record = data("");
    record.putShort(16 + Header.KIND, (short) Kind.TRANSFER);
    record.putLong(16 + Data.LENGTH_BYTES, 1_000_000);
    record.put(16 + Data.CAUSE, (byte) 1);
    decode(record);

    assertThat(((StreamEvent.Transfer) events.get(0)).lengthBytes()).isEqualTo(1_000_000);
  }

  private static ByteBuffer cipherRecord(int lengthBytes, int prefixBytes) {
    return cipherRecord(lengthBytes, prefixBytes, 0);
  }

  private static ByteBuffer cipherRecord(int lengthBytes, int prefixBytes, int furtherBytes) {
    ByteBuffer record =
        record(Kind.CIPHER_RECORD, EventLayout.Cipher.BYTES, new byte[furtherBytes]);
    record.putLong(16 + Data.STREAM_ID, 0xabc);
    record.putInt(16 + Data.STREAM_GENERATION, 2);
    record.put(16 + Data.STREAM_OWNER, (byte) Data.OWNER_SOCKET);
    record.putLong(16 + EventLayout.Cipher.POSITION, 77);
    record.putInt(16 + EventLayout.Cipher.LENGTH_BYTES, lengthBytes);
    record.putShort(16 + EventLayout.Cipher.PREFIX_BYTES, (short) prefixBytes);
    record.put(16 + EventLayout.Cipher.PREFIX, (byte) 23);
    return record;
  }

  @Test
  void record_cipherRecord_hasPositionLengthAndPrefix() throws Exception {
    decode(cipherRecord(3, 8));

    StreamEvent.CipherRecord event = (StreamEvent.CipherRecord) events.get(0);
    assertThat(event.stream())
        .isEqualTo(new StreamId(new ConnectionId(HOST, 0xabc, 2), Direction.EGRESS));
    assertThat(event.position()).isEqualTo(77);
    assertThat(event.lengthBytes()).isEqualTo(3);
    assertThat(event.prefix().toString()).isEqualTo("1700000000000000");
  }

  @Test
  void record_hello_hasAllThatTheKernelSideKept() throws Exception {
    decode(cipherRecord(512, 256, 240));

    StreamEvent.CipherRecord event = (StreamEvent.CipherRecord) events.get(0);
    assertThat(event.lengthBytes()).isEqualTo(512);
    assertThat(event.prefix().length()).isEqualTo(256);
    assertThat(event.prefix().get(0)).isEqualTo((byte) 23);
  }

  @Test
  void record_helloLongerThanTheFormatAllows_isLeftOutAndCounted() throws Exception {
    decode(cipherRecord(512, 257, 248));

    assertThat(events).isEmpty();
    assertThat(decoder.malformed()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"3, 9", "3, 4", "100, 17", "-1, 5", "65536, 16", "100, -1"})
  void record_cipherRecordThatCannotBe_isLeftOutAndCounted(int lengthBytes, int prefixBytes)
      throws Exception {
    decode(cipherRecord(lengthBytes, prefixBytes));

    assertThat(events).isEmpty();
    assertThat(decoder.malformed()).isEqualTo(1);
  }

  @Test
  void record_bindingToNothingKnown_isABioWithoutDescriptor() throws Exception {
    ByteBuffer record = record(Kind.TLS_BINDING, EventLayout.Binding.BYTES, new byte[0]);
    record.put(16 + EventLayout.Binding.METHOD, (byte) EventLayout.Binding.METHOD_BIO);
    record.putInt(16 + EventLayout.Binding.FD, -1);
    decode(record);

    TlsEvent.Binding event = (TlsEvent.Binding) events.get(0);
    assertThat(event.evidence()).isEqualTo(TlsEvent.Evidence.BIO);
    assertThat(event.descriptor().fd()).isEqualTo(-1);
    assertThat(event.connection()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "2, 10.0.0.1, 0a000001000000000000000000000000",
    "10, ::1, 00000000000000000000000000000001",
    "10, 10.0.0.1, 00000000000000000000ffff0a000001",
    "10, 2001:db8::1:0:0:1, 20010db8000000000001000000000001"
  })
  void record_accept_hasAddressesAsText(int family, String text, String address) throws Exception {
    ByteBuffer record = record(Kind.ACCEPT, EventLayout.Socket.BYTES, new byte[0]);
    record.putLong(16 + EventLayout.Socket.SOCKET, 77);
    record.putInt(16 + EventLayout.Socket.GENERATION, 4);
    record.putShort(16 + EventLayout.Socket.FAMILY, (short) family);
    record.putShort(16 + EventLayout.Socket.LOCAL_PORT, (short) 50_000);
    byte[] bytes = java.util.HexFormat.of().parseHex(address);
    for (int i = 0; i < bytes.length; i++) {
      record.put(16 + EventLayout.Socket.LOCAL_ADDRESS + i, bytes[i]);
    }
    record.put(16 + EventLayout.Socket.ROLE, (byte) 2);
    record.putInt(16 + EventLayout.Socket.FD, 9);
    decode(record);

    SocketEvent.Accept event = (SocketEvent.Accept) events.get(0);
    assertThat(event.connection()).isEqualTo(new ConnectionId(HOST, 77, 4));
    assertThat(event.flow().local()).isEqualTo(new Endpoint(text, 50_000));
    assertThat(event.descriptor().fd()).isEqualTo(9);
  }

  @Test
  void record_close_saysWhereTheStreamsEnded() throws Exception {
    ByteBuffer record = record(Kind.CLOSE, EventLayout.Close.BYTES, new byte[0]);
    record.putLong(16 + EventLayout.Close.EGRESS, 100);
    record.putLong(16 + EventLayout.Close.EGRESS + 8, 7);
    record.putLong(16 + EventLayout.Close.EGRESS + 16, 5);
    record.putLong(16 + EventLayout.Close.INGRESS, 200);
    decode(record);

    assertThat(((SocketEvent.Close) events.get(0)).end())
        .isEqualTo(new StreamEnds(100, 200, 12, 0, 5, 0, true, false));
  }

  @Test
  void record_closeOfAConnectionThatEndedFirst_isAReset() throws Exception {
    for (int cause = 1; cause <= 4; cause++) {
      ByteBuffer record = record(Kind.CLOSE, EventLayout.Close.BYTES, new byte[0]);
      record.put(16 + EventLayout.Close.CAUSE, (byte) cause);
      decode(record);
    }

    assertThat(events)
        .extracting(event -> ((SocketEvent.Close) event).end().reset())
        .containsExactly(false, true, false, false);
  }

  @Test
  void record_clear_endsTheOldLife() throws Exception {
    ByteBuffer record = record(Kind.TLS_CLEAR, EventLayout.Tls.BYTES, new byte[0]);
    record.putLong(16 + EventLayout.Tls.SSL, 1);
    record.putInt(16 + EventLayout.Tls.GENERATION, 6);
    record.putLong(16 + EventLayout.Tls.EGRESS, 100);
    decode(record);

    TlsSessionId session = new TlsSessionId(PROCESS, 1, 6);
    assertThat(((TlsEvent.Clear) events.get(0)).session()).isEqualTo(session);
    assertThat(((TlsEvent.Free) events.get(1)).session()).isEqualTo(session);
    assertThat(((TlsEvent.Free) events.get(1)).end().egressPosition()).isEqualTo(100);
  }

  @Test
  void record_bindingBothWays_isTwoPiecesOfEvidence() throws Exception {
    ByteBuffer record = record(Kind.TLS_BINDING, EventLayout.Binding.BYTES, new byte[0]);
    record.put(16 + EventLayout.Binding.METHOD, (byte) EventLayout.Binding.METHOD_NESTED);
    record.put(16 + EventLayout.Binding.DIRECTIONS, (byte) 3);
    decode(record);

    assertThat(events)
        .extracting(event -> ((TlsEvent.Binding) event).evidence())
        .containsExactly(TlsEvent.Evidence.NESTED_SEND, TlsEvent.Evidence.NESTED_RECEIVE);
    assertThat(((TlsEvent.Binding) events.get(0)).connection()).isNull();
  }

  @Test
  void record_exec_hasNameAndPath() throws Exception {
    ByteBuffer record =
        record(
            Kind.PROCESS_EXEC,
            EventLayout.ProcessLife.BYTES,
            "/bin/curl".getBytes(StandardCharsets.US_ASCII));
    record.putInt(16 + EventLayout.ProcessLife.PATH_BYTES, 9);
    record.putInt(16 + EventLayout.ProcessLife.PARENT_TGID, 12);
    byte[] comm = "curl".getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < comm.length; i++) {
      record.put(16 + EventLayout.ProcessLife.COMM + i, comm[i]);
    }
    decode(record);

    ProcessEvent.Exec exec = (ProcessEvent.Exec) events.get(0);
    assertThat(exec.program())
        .isEqualTo(new ProcessEvent.ProgramInfo("curl", "/bin/curl", 12, "", List.of()));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "256, 1", "9, -9", "139, -11"})
  void exitCode_status_isCodeOrSignal(int status, int code) {
    assertThat(ProcessRecords.exitCode(status)).isEqualTo(code);
  }

  @Test
  void record_lengthBeyondTheRecord_isLeftOutAndCounted() throws Exception {
    ByteBuffer record = data("hello");
    record.putLong(16 + Data.LENGTH_BYTES, 6);
    decode(record);

    assertThat(events).isEmpty();
    assertThat(decoder.malformed()).isEqualTo(1);
  }

  @Test
  void record_anyBytes_givesEventsOrIsCounted() throws Exception {
    for (int seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      ByteBuffer record = seed % 2 == 0 ? data("hello world") : anyRecord(random);
      for (int i = 0; i < 3; i++) {
        record.put(16 + random.nextInt(record.capacity() - 16), (byte) random.nextInt());
      }
      try {
        decoder.record(record, 16, record.capacity() - 16);
      } catch (RuntimeException e) {
        throw new AssertionError("seed=" + seed, e);
      }
    }
    assertThat(decoder.malformed()).isPositive();
    assertThat(events).isNotEmpty();
  }

  /** Every kind, with any bytes after its header, of any length and beyond its record. */
  @Test
  void record_anyContentOfAnyKind_givesEventsOrIsCounted() throws Exception {
    for (int seed = 0; seed < 60_000; seed++) {
      Random random = new Random(seed);
      ByteBuffer record = anyRecord(random);
      if (random.nextInt(4) == 0) {
        record.putInt(16 + Header.SIZE, random.nextInt(600) - 100);
      }
      int length = random.nextInt(record.capacity() - 15);
      long before = events.size() + decoder.malformed();
      try {
        decoder.record(record, 16, random.nextBoolean() ? record.capacity() - 16 : length);
      } catch (RuntimeException e) {
        throw new AssertionError("seed=" + seed, e);
      }
      assertThat(events.size() + decoder.malformed()).as("seed=%s", seed).isGreaterThan(before);
    }
  }

  private static ByteBuffer anyRecord(Random random) {
    byte[] bytes = new byte[random.nextInt(300)];
    random.nextBytes(bytes);
    if (random.nextBoolean()) {
      // Small numbers pass more of the checks than any numbers do.
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt(8) : 0);
      }
    }
    return record(random.nextInt(26), Header.BYTES, bytes);
  }
}
