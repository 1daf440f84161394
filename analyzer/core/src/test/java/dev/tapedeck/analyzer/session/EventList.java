// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CallKind;
import dev.tapedeck.format.CallRef;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.FlowKey;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.Role;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEnds;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TestObjects;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.TlsSessionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Events of the server process one by one, where a script's lines say too little. */
final class EventList {
  static final FlowKey FLOW =
      new FlowKey(new Endpoint("10.0.0.2", 443), new Endpoint("10.0.0.1", 40000), 7);

  private final List<CaptureEvent> events = new ArrayList<>();
  private final Map<StreamId, Long> plaintext = new HashMap<>();
  private final Map<StreamId, Long> ciphertext = new HashMap<>();
  private long nanos = TestObjects.START_NANOS;

  static ConnectionId socket(int number) {
    return new ConnectionId(TestObjects.HOST_ID, 500 + number, 1);
  }

  static TlsSessionId session(int number) {
    return new TlsSessionId(TestObjects.SERVER_PROCESS, 0x1000L * number, 1);
  }

  static DescriptorRef descriptor(int fd) {
    return new DescriptorRef(TestObjects.SERVER_PROCESS, fd);
  }

  private EventStamp stamp() {
    nanos += 1_000_000;
    return TestObjects.stamp(nanos, events.size());
  }

  EventList accept(ConnectionId socket, int fd) {
    return accept(TestObjects.SERVER_PROCESS, socket, fd);
  }

  EventList accept(ProcessKey process, ConnectionId socket, int fd) {
    return accept(process, socket, fd, FLOW);
  }

  EventList accept(ProcessKey process, ConnectionId socket, int fd, FlowKey flow) {
    events.add(
        new SocketEvent.Accept(stampOf(process), socket, new DescriptorRef(process, fd), flow));
    return this;
  }

  EventList connect(ProcessKey process, ConnectionId socket, int fd, FlowKey flow) {
    events.add(
        new SocketEvent.Connect(stampOf(process), socket, new DescriptorRef(process, fd), flow));
    return this;
  }

  /** Bytes that a given process moved on its socket, from where it stopped. */
  EventList moved(ProcessKey process, ConnectionId socket, Direction direction, String text) {
    StreamId stream = new StreamId(socket, direction);
    long position = plaintext.getOrDefault(stream, 0L);
    plaintext.put(stream, position + text.length());
    Bytes payload = Bytes.latin1(text);
    events.add(
        new StreamEvent.Data(
            stampOf(process),
            stream,
            position,
            payload.length(),
            payload.length(),
            payload,
            new CallRef(CallKind.UNKNOWN, events.size(), 0, payload.length(), payload.length())));
    return this;
  }

  EventList loss(StreamOwner owner, Direction direction, LossEvent.Cause cause, long bytes) {
    events.add(new LossEvent(stamp(), cause, 1, bytes, new StreamId(owner, direction)));
    return this;
  }

  EventList handshake(TlsSessionId session, String version, String cipher) {
    events.add(new TlsEvent.Handshake(stamp(), session, version, cipher, "", ""));
    return this;
  }

  EventList dup(ConnectionId socket, int fd) {
    events.add(new SocketEvent.Dup(stamp(), socket, descriptor(fd)));
    return this;
  }

  EventList fork(ProcessKey parent, ProcessKey child) {
    events.add(new ProcessEvent.Fork(stampOf(parent), child));
    return this;
  }

  EventList exec(ProcessKey process) {
    return exec(process, "");
  }

  EventList exec(ProcessKey process, String cgroup) {
    events.add(
        new ProcessEvent.Exec(
            stampOf(process),
            new ProcessEvent.ProgramInfo("server", "/usr/bin/server", 1, cgroup, List.of()),
            false));
    return this;
  }

  private EventStamp stampOf(ProcessKey process) {
    EventStamp at = stamp();
    return new EventStamp(process, at.tid(), at.enterNanos(), at.exitNanos(), at.origin());
  }

  EventList existing(ConnectionId socket, int fd, Role role) {
    events.add(new SocketEvent.Existing(stamp(), socket, descriptor(fd), FLOW, role));
    return this;
  }

  EventList close(ConnectionId socket, int fd) {
    return close(socket, fd, StreamEnds.UNKNOWN);
  }

  EventList close(ConnectionId socket, int fd, StreamEnds ends) {
    events.add(new SocketEvent.Close(stamp(), socket, descriptor(fd), ends));
    return this;
  }

  EventList free(TlsSessionId session, StreamEnds ends) {
    events.add(new TlsEvent.Free(stamp(), session, ends));
    return this;
  }

  /** The connection ends by a reset. */
  EventList reset(ConnectionId socket, int fd) {
    StreamEnds ends = new StreamEnds(-1, -1, 0, 0, true, true);
    events.add(new SocketEvent.Close(stamp(), socket, descriptor(fd), ends));
    return this;
  }

  EventList bind(TlsSessionId session, TlsEvent.Evidence evidence, int fd, ConnectionId socket) {
    events.add(new TlsEvent.Binding(stamp(), session, evidence, descriptor(fd), socket));
    return this;
  }

  EventList data(StreamOwner owner, Direction direction, long position, String text) {
    return data(owner, direction, position, text, CallKind.UNKNOWN);
  }

  EventList data(
      StreamOwner owner, Direction direction, long position, String text, CallKind kind) {
    Bytes payload = Bytes.latin1(text);
    events.add(
        new StreamEvent.Data(
            stamp(),
            new StreamId(owner, direction),
            position,
            payload.length(),
            payload.length(),
            payload,
            new CallRef(kind, events.size(), 0, payload.length(), payload.length())));
    return this;
  }

  EventList transfer(StreamOwner owner, Direction direction, long position, long lengthBytes) {
    events.add(
        new StreamEvent.Transfer(
            stamp(),
            new StreamId(owner, direction),
            position,
            lengthBytes,
            new CallRef(CallKind.SENDFILE, events.size(), 0, lengthBytes, lengthBytes)));
    return this;
  }

  /** A TLS record, seen by a process. */
  EventList record(
      ProcessKey process, StreamOwner owner, Direction direction, int lengthBytes, String prefix) {
    StreamId stream = new StreamId(owner, direction);
    long position = ciphertext.getOrDefault(stream, 0L);
    ciphertext.put(stream, position + 5 + lengthBytes);
    events.add(
        new StreamEvent.CipherRecord(
            stampOf(process),
            stream,
            position,
            lengthBytes,
            Bytes.copyOf(HexFormat.of().parseHex(prefix))));
    return this;
  }

  EventList record(StreamOwner owner, Direction direction, int lengthBytes, String prefix) {
    return record(TestObjects.SERVER_PROCESS, owner, direction, lengthBytes, prefix);
  }

  List<CaptureEvent> events() {
    return events;
  }
}
