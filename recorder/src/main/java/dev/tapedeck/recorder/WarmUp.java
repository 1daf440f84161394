// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.DataRecord;
import dev.tapedeck.format.Encryption;
import dev.tapedeck.format.WriterOptions;
import dev.tapedeck.recorder.EventLayout.Data;
import dev.tapedeck.recorder.EventLayout.Header;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Sends made-up records the way of real ones, into nothing, so that the JVM has compiled that way
 * before the first real one comes: a cold recorder is too slow for a fast service.
 *
 * <p><b>Threads:</b> runs on any one; shares nothing with the recording.
 */
final class WarmUp implements Runnable {
  /** Enough for every loop on the way to be compiled, 100 to 200 ms of one CPU. */
  private static final int ROUNDS = 40;

  private static final int RECORDS_A_ROUND = 64;
  private static final int PAYLOAD_BYTES = 16_384;

  private final @Nullable Encryption encryption;

  /**
   * Prepares to warm up.
   *
   * @param encryption what the recording will use, since ciphers are slow before they are compiled;
   *     null when it will not encrypt
   */
  WarmUp(@Nullable Encryption encryption) {
    this.encryption = encryption;
  }

  @Override
  public void run() {
    byte[] payload = new byte[PAYLOAD_BYTES];
    new Random(1).nextBytes(payload);
    ByteBuffer record = record(payload);
    try (CaptureWriter writer =
        CaptureWriter.create(
            new DiscardingChannel(),
            "warm-up",
            header(),
            WriterOptions.newBuilder().encryption(encryption).build())) {
      RecordDecoder decoder = new RecordDecoder(new ProcessKeys(1), new WriterSink(writer));
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < RECORDS_A_ROUND; i++) {
          record.putLong(Data.POSITION, (long) (round * RECORDS_A_ROUND + i) * PAYLOAD_BYTES);
          // Half of real traffic is answers of some length, half is short requests.
          int length = i % 2 == 0 ? PAYLOAD_BYTES : 200;
          record.putInt(Header.SIZE, Data.BYTES + length);
          record.putLong(Data.LENGTH_BYTES, length);
          decoder.record(record, 0, record.capacity());
        }
        writer.watermark(round);
      }
    } catch (IOException e) {
      throw new IllegalStateException("a channel that takes everything failed", e);
    }
  }

  private static CaptureHeader header() {
    return CaptureHeader.newBuilder()
        .fileId(Bytes.copyOf(new byte[CaptureHeader.FILE_ID_BYTES]))
        .build();
  }

  private static ByteBuffer record(byte[] payload) {
    ByteBuffer record =
        ByteBuffer.allocateDirect(Data.BYTES + payload.length).order(ByteOrder.nativeOrder());
    record.putShort(Header.KIND, (short) EventLayout.Kind.DATA);
    record.put(Header.VERSION, (byte) EventLayout.VERSION);
    record.putLong(Header.EXIT_NS, 1);
    record.putLong(Header.SEQUENCE, 1);
    record.putInt(Header.TGID, 1);
    record.put(Data.STREAM_OWNER, (byte) Data.OWNER_TLS);
    for (int i = 0; i < payload.length; i++) {
      record.put(Data.BYTES + i, payload[i]);
    }
    return record;
  }

  /** Takes records as they are read, the way that a recording does. */
  private record WriterSink(CaptureWriter writer) implements EventSink {
    @Override
    public void accept(CaptureEvent event) throws IOException {
      writer.write(event);
    }

    @Override
    public void accept(DataRecord data) throws IOException {
      writer.write(data);
    }
  }
}
