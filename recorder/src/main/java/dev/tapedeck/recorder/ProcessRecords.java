// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.recorder.EventLayout.Kind;
import dev.tapedeck.recorder.EventLayout.ProcessLife;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Reads records of the life of processes.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class ProcessRecords implements KindDecoder {
  private final RecordFields fields;
  private final EventSink sink;

  ProcessRecords(RecordFields fields, EventSink sink) {
    this.fields = fields;
    this.sink = sink;
  }

  @Override
  public int fixedBytes(int kind) {
    return switch (kind) {
      case Kind.PROCESS_EXEC, Kind.PROCESS_FORK, Kind.PROCESS_EXIT -> ProcessLife.BYTES;
      default -> -1;
    };
  }

  @Override
  public boolean decode(int kind, ByteBuffer memory, int at, int variableBytes) throws IOException {
    int pathBytes = memory.getInt(at + ProcessLife.PATH_BYTES);
    int parent = memory.getInt(at + ProcessLife.PARENT_TGID);
    if (pathBytes < 0
        || pathBytes > variableBytes
        || pathBytes > EventLayout.PATH_BYTES_MAX
        || parent < 0) {
      return false;
    }
    EventStamp stamp = fields.stamp(memory, at);
    switch (kind) {
      case Kind.PROCESS_EXEC ->
          sink.accept(
              new ProcessEvent.Exec(
                  stamp,
                  new ProcessEvent.ProgramInfo(
                      RecordFields.text(memory, at + ProcessLife.COMM, EventLayout.COMM_BYTES),
                      RecordFields.text(memory, at + ProcessLife.BYTES, pathBytes),
                      parent,
                      "",
                      List.of()),
                  false));
      case Kind.PROCESS_FORK -> {
        ProcessKey parentKey =
            fields.process(parent, memory.getLong(at + ProcessLife.PARENT_START_NS));
        sink.accept(
            new ProcessEvent.Fork(
                new EventStamp(parentKey, 0, stamp.enterNanos(), stamp.exitNanos(), stamp.origin()),
                stamp.process()));
      }
      default ->
          sink.accept(
              new ProcessEvent.Exit(stamp, exitCode(memory.getInt(at + ProcessLife.EXIT_CODE))));
    }
    return true;
  }

  /** wait(2): the low seven bits are the signal, the byte above them what exit(3) was given. */
  static int exitCode(int status) {
    int signal = status & 0x7f;
    return signal == 0 ? status >> 8 & 0xff : -signal;
  }
}
