// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import dev.tapedeck.format.BlindSpotEvent;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.LibraryEvent;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.TlsEvent;
import java.util.LinkedHashMap;
import java.util.Map;

/** Names of events, those of {@code analyzer dump --format json}. */
final class EventNames {
  private static final Map<Class<? extends CaptureEvent>, String> NAMES = new LinkedHashMap<>();

  static {
    NAMES.put(StreamEvent.Data.class, "data");
    NAMES.put(StreamEvent.Transfer.class, "transfer");
    NAMES.put(StreamEvent.CipherRecord.class, "cipher_record");
    NAMES.put(SocketEvent.Connect.class, "connect");
    NAMES.put(SocketEvent.Accept.class, "accept");
    NAMES.put(SocketEvent.Existing.class, "existing");
    NAMES.put(SocketEvent.Dup.class, "dup");
    NAMES.put(SocketEvent.Close.class, "close");
    NAMES.put(TlsEvent.New.class, "tls_new");
    NAMES.put(TlsEvent.Handshake.class, "tls_handshake");
    NAMES.put(TlsEvent.Clear.class, "tls_clear");
    NAMES.put(TlsEvent.Shutdown.class, "tls_shutdown");
    NAMES.put(TlsEvent.Free.class, "tls_free");
    NAMES.put(TlsEvent.Binding.class, "tls_binding");
    NAMES.put(ProcessEvent.Exec.class, "exec");
    NAMES.put(ProcessEvent.Fork.class, "fork");
    NAMES.put(ProcessEvent.Exit.class, "exit");
    NAMES.put(LossEvent.class, "loss");
    NAMES.put(LibraryEvent.class, "library");
    NAMES.put(BlindSpotEvent.class, "blind_spot");
    NAMES.put(ClockEvent.class, "clock");
  }

  private EventNames() {}

  static String of(CaptureEvent event) {
    return NAMES.getOrDefault(event.getClass(), "unknown");
  }

  static long position(StreamEvent event) {
    if (event instanceof StreamEvent.Data data) {
      return data.position();
    } else if (event instanceof StreamEvent.Transfer transfer) {
      return transfer.position();
    }
    return event instanceof StreamEvent.CipherRecord cipher ? cipher.position() : Column.NULL;
  }

  static long length(StreamEvent event) {
    if (event instanceof StreamEvent.Data data) {
      return data.originalLength();
    } else if (event instanceof StreamEvent.Transfer transfer) {
      return transfer.lengthBytes();
    }
    return event instanceof StreamEvent.CipherRecord cipher ? cipher.lengthBytes() : Column.NULL;
  }
}
