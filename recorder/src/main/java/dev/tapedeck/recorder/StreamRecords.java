// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CallKind;
import dev.tapedeck.format.CallRef;
import dev.tapedeck.format.DataRecord;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamHandle;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TlsSessionId;
import dev.tapedeck.recorder.EventLayout.Cipher;
import dev.tapedeck.recorder.EventLayout.Data;
import dev.tapedeck.recorder.EventLayout.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads records of bytes that moved.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class StreamRecords implements KindDecoder {
  /** RFC 8446, 5.1: type, version, length. */
  private static final int RECORD_HEADER_BYTES = 5;

  /** The length field has two bytes. */
  private static final int RECORD_LENGTH_MAX = 65_535;

  /**
   * Streams that were seen lately, by a hash of their names: the same object for the same stream.
   */
  private static final int RECENT = 8192;

  private final @Nullable Known[] recent = new Known[RECENT];
  private final DataRecord record = new DataRecord();
  private final RecordFields fields;
  private final EventSink sink;

  /** Generation, owner and direction are one 64-bit number of the record, without its reserved. */
  private static final long KEY_MASK = 0xFFFF_FFFF_FFFFL;

  /** A stream by what records say of it, and whether the sink knows that it has data. */
  private static final class Known {
    private final long id;
    private final long key;
    private final @Nullable ProcessKey process;
    private final StreamHandle handle;
    private boolean noted;

    private Known(long id, long key, @Nullable ProcessKey process, StreamId stream) {
      this.id = id;
      this.key = key;
      this.process = process;
      this.handle = new StreamHandle(stream);
    }
  }

  StreamRecords(RecordFields fields, EventSink sink) {
    this.fields = fields;
    this.sink = sink;
  }

  @Override
  public int fixedBytes(int kind) {
    return switch (kind) {
      case Kind.DATA, Kind.TRANSFER -> Data.BYTES;
      case Kind.CIPHER_RECORD -> Cipher.BYTES;
      default -> -1;
    };
  }

  @Override
  public boolean decode(int kind, ByteBuffer memory, int at, int variableBytes) throws IOException {
    return switch (kind) {
      case Kind.DATA -> data(memory, at, variableBytes);
      case Kind.TRANSFER -> transfer(memory, at);
      default -> cipherRecord(memory, at, variableBytes);
    };
  }

  private boolean data(ByteBuffer memory, int at, int variable) throws IOException {
    long length = memory.getLong(at + Data.LENGTH_BYTES);
    ProcessKey process = fields.processKey(memory, at);
    Known stream = known(memory, at, process);
    long position = memory.getLong(at + Data.POSITION);
    if (stream == null
        || position < 0
        || length < 1
        || length > EventLayout.PART_BYTES_MAX
        || length > variable) {
      return false;
    }
    if (!stream.noted) {
      stream.noted = true;
      sink.noteStream(stream.handle.id());
    }
    fields.stamp(memory, at, process, record);
    record.call(
        callKind(memory.getShort(at + Data.CALL)),
        memory.getLong(at + Data.CALL_SEQUENCE),
        memory.getInt(at + Data.PART_INDEX),
        memory.getLong(at + Data.ASKED_BYTES),
        memory.getLong(at + Data.RETURNED_BYTES));
    record.bytes(stream.handle, position, length, memory, at + Data.BYTES, (int) length);
    sink.accept(record);
    return true;
  }

  /** Bytes that were in the process's memory; others never were. */
  private static boolean isLeftOut(byte cause) {
    return cause == Data.CAUSE_CAP || cause == Data.CAUSE_SHED;
  }

  private boolean transfer(ByteBuffer memory, int at) throws IOException {
    long length = memory.getLong(at + Data.LENGTH_BYTES);
    StreamId stream = stream(memory, at);
    long position = memory.getLong(at + Data.POSITION);
    if (stream == null || position < 0 || length < 1) {
      return false;
    }
    EventStamp stamp = fields.stamp(memory, at);
    CallRef call = call(memory, at);
    boolean cut = isLeftOut(memory.get(at + Data.CAUSE));
    sink.accept(
        cut
            ? new StreamEvent.Data(stamp, stream, position, length, 0, Bytes.empty(), call)
            : new StreamEvent.Transfer(stamp, stream, position, length, call));
    return true;
  }

  private boolean cipherRecord(ByteBuffer memory, int at, int variable) throws IOException {
    long position = memory.getLong(at + Cipher.POSITION);
    int length = memory.getInt(at + Cipher.LENGTH_BYTES);
    int prefixBytes = Short.toUnsignedInt(memory.getShort(at + Cipher.PREFIX_BYTES));
    int room = Math.min(Cipher.BYTES - Cipher.PREFIX + variable, EventLayout.HELLO_BYTES_MAX);
    StreamId stream = stream(memory, at);
    if (stream == null
        || position < 0
        || length < 0
        || length > RECORD_LENGTH_MAX
        || prefixBytes < RECORD_HEADER_BYTES
        || prefixBytes > Math.min(room, RECORD_HEADER_BYTES + length)) {
      return false;
    }
    byte[] prefix = new byte[prefixBytes];
    memory.get(at + Cipher.PREFIX, prefix);
    sink.accept(
        new StreamEvent.CipherRecord(
            fields.stamp(memory, at),
            stream,
            position,
            length,
            Bytes.wrap(prefix, 0, prefixBytes)));
    return true;
  }

  private @Nullable StreamId stream(ByteBuffer memory, int at) {
    Known known = known(memory, at, fields.processKey(memory, at));
    return known == null ? null : known.handle.id();
  }

  @SuppressWarnings("ReferenceEquality") // a short cut: there is one object for each process
  private @Nullable Known known(ByteBuffer memory, int at, ProcessKey process) {
    long id = memory.getLong(at + Data.STREAM_ID);
    long key = memory.getLong(at + Data.STREAM_GENERATION) & KEY_MASK;
    int slot = (int) ((id >>> 12) * 31 + id + 2 * key + (key >>> 40)) & (RECENT - 1);
    Known known = recent[slot];
    if (known != null
        && known.id == id
        && known.key == key
        && (known.process == null || known.process == process)) {
      return known;
    }
    long generation = Integer.toUnsignedLong((int) key);
    int direction = memory.get(at + Data.STREAM_DIRECTION);
    int ownerKind = memory.get(at + Data.STREAM_OWNER);
    StreamOwner owner =
        switch (ownerKind) {
          case Data.OWNER_TLS -> new TlsSessionId(process, id, generation);
          case Data.OWNER_SOCKET -> fields.connection(id, (int) key);
          default -> null;
        };
    if (owner == null || direction < 0 || direction > 1) {
      return null;
    }
    Known added =
        new Known(
            id,
            key,
            ownerKind == Data.OWNER_TLS ? process : null,
            new StreamId(owner, direction == 0 ? Direction.EGRESS : Direction.INGRESS));
    recent[slot] = added;
    return added;
  }

  private static CallRef call(ByteBuffer memory, int at) {
    return new CallRef(
        callKind(memory.getShort(at + Data.CALL)),
        memory.getLong(at + Data.CALL_SEQUENCE),
        memory.getInt(at + Data.PART_INDEX),
        memory.getLong(at + Data.ASKED_BYTES),
        memory.getLong(at + Data.RETURNED_BYTES));
  }

  private static CallKind callKind(int call) {
    return switch (call) {
      case EventLayout.Call.SSL_READ -> CallKind.SSL_READ;
      case EventLayout.Call.SSL_WRITE -> CallKind.SSL_WRITE;
      case EventLayout.Call.SSL_READ_EX -> CallKind.SSL_READ_EX;
      case EventLayout.Call.SSL_WRITE_EX -> CallKind.SSL_WRITE_EX;
      case EventLayout.Call.SSL_WRITE_EX2 -> CallKind.SSL_WRITE_EX2;
      case EventLayout.Call.SSL_READ_EARLY_DATA -> CallKind.SSL_READ_EARLY_DATA;
      case EventLayout.Call.SSL_WRITE_EARLY_DATA -> CallKind.SSL_WRITE_EARLY_DATA;
      case EventLayout.Call.SSL_SENDFILE -> CallKind.SSL_SENDFILE;
      case EventLayout.Call.READ -> CallKind.READ;
      case EventLayout.Call.WRITE -> CallKind.WRITE;
      case EventLayout.Call.READV -> CallKind.READV;
      case EventLayout.Call.WRITEV -> CallKind.WRITEV;
      case EventLayout.Call.RECVFROM -> CallKind.RECVFROM;
      case EventLayout.Call.SENDTO -> CallKind.SENDTO;
      case EventLayout.Call.RECVMSG -> CallKind.RECVMSG;
      case EventLayout.Call.SENDMSG -> CallKind.SENDMSG;
      case EventLayout.Call.RECVMMSG -> CallKind.RECVMMSG;
      case EventLayout.Call.SENDMMSG -> CallKind.SENDMMSG;
      case EventLayout.Call.SENDFILE -> CallKind.SENDFILE;
      case EventLayout.Call.SPLICE -> CallKind.SPLICE;
      default -> CallKind.UNKNOWN;
    };
  }
}
