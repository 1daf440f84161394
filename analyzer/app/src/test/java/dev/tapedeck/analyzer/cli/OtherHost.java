// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.TlsSessionId;

/** Moves what happened on one host to another that was started at another time. */
final class OtherHost {
  private final long hostId;
  private final long shiftNanos;

  private OtherHost(long hostId, long shiftNanos) {
    this.hostId = hostId;
    this.shiftNanos = shiftNanos;
  }

  /** Returns the event as the other host would have recorded it, at the same real time. */
  static CaptureEvent move(CaptureEvent event, long hostId, long shiftNanos) {
    return new OtherHost(hostId, shiftNanos).moved(event);
  }

  private CaptureEvent moved(CaptureEvent event) {
    EventStamp stamp = moved(event.stamp());
    if (event instanceof StreamEvent.Data data) {
      return new StreamEvent.Data(
          stamp,
          moved(data.stream()),
          data.position(),
          data.originalLength(),
          data.capturedLength(),
          data.payload(),
          data.call());
    } else if (event instanceof SocketEvent.Connect connect) {
      return new SocketEvent.Connect(
          stamp, moved(connect.connection()), moved(connect.descriptor()), connect.flow());
    } else if (event instanceof SocketEvent.Accept accept) {
      return new SocketEvent.Accept(
          stamp, moved(accept.connection()), moved(accept.descriptor()), accept.flow());
    } else if (event instanceof SocketEvent.Close close) {
      return new SocketEvent.Close(
          stamp, moved(close.connection()), moved(close.descriptor()), close.end());
    } else if (event instanceof TlsEvent tls) {
      return moved(tls, stamp);
    } else if (event instanceof ProcessEvent.Exec exec) {
      return new ProcessEvent.Exec(stamp, exec.program(), exec.existing());
    } else if (event instanceof LossEvent loss) {
      StreamId stream = loss.stream() == null ? null : moved(loss.stream());
      return new LossEvent(stamp, loss.cause(), loss.events(), loss.lostBytes(), stream);
    } else if (event instanceof ClockEvent clock) {
      return new ClockEvent(stamp, clock.bootNanos() + shiftNanos, clock.realNanos());
    }
    throw new IllegalArgumentException("event=" + event);
  }

  private TlsEvent moved(TlsEvent event, EventStamp stamp) {
    TlsSessionId session = moved(event.session());
    if (event instanceof TlsEvent.New) {
      return new TlsEvent.New(stamp, session);
    } else if (event instanceof TlsEvent.Shutdown) {
      return new TlsEvent.Shutdown(stamp, session);
    } else if (event instanceof TlsEvent.Handshake handshake) {
      return new TlsEvent.Handshake(
          stamp,
          session,
          handshake.version(),
          handshake.cipher(),
          handshake.serverName(),
          handshake.alpn());
    } else if (event instanceof TlsEvent.Binding binding) {
      ConnectionId connection = binding.connection();
      return new TlsEvent.Binding(
          stamp,
          session,
          binding.evidence(),
          moved(binding.descriptor()),
          connection == null ? null : moved(connection));
    } else if (event instanceof TlsEvent.Free free) {
      return new TlsEvent.Free(stamp, session, free.end());
    }
    throw new IllegalArgumentException("event=" + event);
  }

  private EventStamp moved(EventStamp stamp) {
    return new EventStamp(
        moved(stamp.process()),
        stamp.tid(),
        stamp.enterNanos() == 0 ? 0 : stamp.enterNanos() + shiftNanos,
        stamp.exitNanos() + shiftNanos,
        stamp.origin());
  }

  private ProcessKey moved(ProcessKey process) {
    return new ProcessKey(hostId, process.pid(), process.startNanos());
  }

  private DescriptorRef moved(DescriptorRef descriptor) {
    return new DescriptorRef(moved(descriptor.process()), descriptor.fd());
  }

  private ConnectionId moved(ConnectionId connection) {
    return new ConnectionId(hostId, connection.socket(), connection.generation());
  }

  private TlsSessionId moved(TlsSessionId session) {
    return new TlsSessionId(moved(session.process()), session.pointer(), session.generation());
  }

  private StreamId moved(StreamId stream) {
    StreamOwner owner = stream.owner();
    return new StreamId(
        owner instanceof ConnectionId connection ? moved(connection) : moved((TlsSessionId) owner),
        stream.direction());
  }
}
