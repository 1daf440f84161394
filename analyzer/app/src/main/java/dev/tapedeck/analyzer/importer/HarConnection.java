// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import dev.tapedeck.analyzer.importer.har.HarEntry;
import dev.tapedeck.analyzer.importer.har.HarFraming.Run;
import dev.tapedeck.analyzer.importer.har.HarMessage;
import dev.tapedeck.analyzer.wire.Http2Writer;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CallKind;
import dev.tapedeck.format.CallRef;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.FlowKey;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEnds;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.TlsSessionId;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection that entries of an archive may have used, one after another.
 *
 * <p><b>Lifecycle:</b> {@link #open}, {@link #add} while it {@link #isFreeAt is free}, {@link
 * #close}. <b>Threads:</b> confined to one.
 */
final class HarConnection {
  /** Longer content goes into several events. */
  private static final int MAX_EVENT_BYTES = 1 << 20;

  private final ImportedHost host;
  private final EventSink sink;
  private final ConnectionId socket;
  private final DescriptorRef descriptor;
  private final @Nullable TlsSessionId session;
  private long ingress;
  private long egress;
  private long ingressUnknown;
  private long egressUnknown;
  private long calls;
  private int streams;
  private long endedNanos;
  private boolean isUsed;
  private boolean isDone;
  private boolean isBrokenOff;

  private HarConnection(
      ImportedHost host, EventSink sink, long number, ConnectionId socket, boolean isTls) {
    this.host = host;
    this.sink = sink;
    this.socket = socket;
    this.descriptor = new DescriptorRef(host.process(), (int) (number & Integer.MAX_VALUE));
    this.session = isTls ? new TlsSessionId(host.process(), number, 1) : null;
  }

  /**
   * Opens the connection that an entry is the first one of.
   *
   * @param number of the connection, from 1
   */
  static HarConnection open(
      ImportedHost host,
      EventSink sink,
      long number,
      ConnectionId socket,
      HarEntry entry,
      long startedNanos)
      throws IOException {
    HarConnection made = new HarConnection(host, sink, number, socket, entry.url().isTls());
    Endpoint server = new Endpoint(entry.serverAddress(), entry.url().port());
    sink.write(
        new SocketEvent.Accept(
            host.stamp(startedNanos),
            made.socket,
            made.descriptor,
            new FlowKey(server, Endpoint.UNKNOWN, 0)));
    if (made.session != null) {
      sink.write(new TlsEvent.New(host.stamp(startedNanos), made.session));
      sink.write(
          new TlsEvent.Binding(
              host.stamp(startedNanos),
              made.session,
              TlsEvent.Evidence.SET_FD,
              made.descriptor,
              made.socket));
      sink.write(
          new TlsEvent.Handshake(
              host.stamp(startedNanos),
              made.session,
              "",
              "",
              entry.url().host(),
              entry.isHttp2() ? "h2" : ""));
    }
    return made;
  }

  /** Returns whether the exchanges so far had ended by then. */
  boolean isFreeAt(long epochNanos) {
    return !isDone && (!isUsed || epochNanos >= endedNanos);
  }

  /** Returns whether no exchange can follow. */
  boolean isDone() {
    return isDone;
  }

  /** Tells an entry; returns when it ended. */
  long add(HarEntry entry, long startedNanos) throws IOException {
    isUsed = true;
    HarEntry.Phases phases = entry.phases();
    long sentNanos = startedNanos + phases.sentNanos();
    long answeredNanos = sentNanos + phases.waitNanos();
    long doneNanos = answeredNanos + phases.receiveNanos();
    int streamId = 2 * streams++ + 1;
    if (entry.isHttp2() && streams == 1) {
      part(Direction.INGRESS, Http2Writer.opening(true), startedNanos, startedNanos);
      part(Direction.EGRESS, Http2Writer.opening(false), startedNanos, startedNanos);
    }
    message(Direction.INGRESS, entry.request().framing().runs(streamId), startedNanos, sentNanos);
    // Without an answer these are all that came.
    long interimNanos = entry.response() == null ? doneNanos : sentNanos;
    for (HarMessage interim : entry.interim()) {
      message(Direction.EGRESS, interim.framing().runs(streamId), interimNanos, interimNanos);
    }
    HarMessage response = entry.response();
    if (response == null) {
      // Nothing can follow in HTTP/1: its answer would be taken for this one's.
      isDone = !entry.isHttp2();
    } else {
      // What follows a switch of protocols counts to its time, and comes behind its head.
      boolean talks = !entry.messages().isEmpty();
      message(
          Direction.EGRESS,
          response.framing().runs(streamId),
          answeredNanos,
          talks ? answeredNanos : doneNanos);
      endedNanos = Math.max(endedNanos, talks ? answeredNanos : doneNanos);
      isDone = response.isUntilClose() || entry.isSwitched();
    }
    isDone |= entry.isAlone();
    isBrokenOff |= entry.isBrokenOff();
    if (entry.messages().isEmpty()) {
      endedNanos = Math.max(endedNanos, doneNanos);
    }
    for (HarEntry.SocketMessage message : entry.messages()) {
      Long told = message.epochNanos();
      endedNanos = told == null ? endedNanos : Math.max(endedNanos, told);
      Bytes bytes =
          entry.isHttp2() ? Http2Writer.data(message.frame(), streamId, false) : message.frame();
      part(message.isSent() ? Direction.INGRESS : Direction.EGRESS, bytes, endedNanos, endedNanos);
    }
    if (entry.isHttp2() && !entry.messages().isEmpty()) {
      // The tunnel of a WebSocket ends with its stream (RFC 8441, section 5).
      endedNanos = Math.max(endedNanos, doneNanos);
      Bytes end = Http2Writer.dataHeader(0, streamId, true);
      part(Direction.INGRESS, end, endedNanos, endedNanos);
      part(Direction.EGRESS, end, endedNanos, endedNanos);
    }
    return endedNanos;
  }

  /** Tells a message: its last byte, and what is behind a cut, when it ended, the rest before. */
  private void message(Direction direction, List<Run> runs, long firstNanos, long lastNanos)
      throws IOException {
    int lastKnown = 0;
    for (int i = 0; i < runs.size(); i++) {
      lastKnown = runs.get(i).bytes().isEmpty() ? lastKnown : i;
    }
    boolean isCut = false;
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      part(
          direction,
          run.bytes(),
          isCut ? lastNanos : firstNanos,
          isCut || i == lastKnown ? lastNanos : firstNanos);
      isCut |= run.unknownBytes() > 0;
      if (run.isLost()) {
        lose(direction, run.unknownBytes(), lastNanos);
      } else if (run.unknownBytes() > 0) {
        data(direction, Bytes.empty(), run.unknownBytes(), lastNanos);
      }
    }
  }

  private void part(Direction direction, Bytes bytes, long firstNanos, long lastNanos)
      throws IOException {
    int split = lastNanos > firstNanos ? Math.max(0, bytes.length() - 1) : bytes.length();
    for (int from = 0; from < split; from += MAX_EVENT_BYTES) {
      Bytes run = bytes.slice(from, Math.min(split, from + MAX_EVENT_BYTES));
      data(direction, run, run.length(), firstNanos);
    }
    if (split < bytes.length()) {
      data(direction, bytes.slice(split, bytes.length()), bytes.length() - split, lastNanos);
    }
  }

  private void data(Direction direction, Bytes bytes, long length, long epochNanos)
      throws IOException {
    boolean in = direction == Direction.INGRESS;
    sink.write(
        new StreamEvent.Data(
            host.stamp(epochNanos),
            new StreamId(owner(), direction),
            in ? ingress : egress,
            length,
            bytes.length(),
            bytes,
            new CallRef(CallKind.IMPORT, ++calls, 0, 0, length)));
    if (in) {
      ingress += length;
      ingressUnknown += length - bytes.length();
    } else {
      egress += length;
      egressUnknown += length - bytes.length();
    }
  }

  private void lose(Direction direction, long length, long epochNanos) throws IOException {
    if (direction == Direction.INGRESS) {
      ingress += length;
      ingressUnknown += length;
    } else {
      egress += length;
      egressUnknown += length;
    }
    sink.write(
        new LossEvent(
            host.stamp(epochNanos),
            LossEvent.Cause.UNKNOWN,
            -1,
            length,
            new StreamId(owner(), direction)));
  }

  private StreamOwner owner() {
    return session != null ? session : socket;
  }

  void close() throws IOException {
    StreamEnds ends =
        new StreamEnds(egress, ingress, egressUnknown, ingressUnknown, true, isBrokenOff);
    if (session != null) {
      sink.write(new TlsEvent.Free(host.stamp(endedNanos), session, ends));
      ends = new StreamEnds(-1, -1, 0, 0, true, isBrokenOff);
    }
    sink.write(new SocketEvent.Close(host.stamp(endedNanos), socket, descriptor, ends));
  }
}
