// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.terminal.DisplayWidth;
import dev.tapedeck.analyzer.terminal.Human;
import dev.tapedeck.analyzer.terminal.TerminalText;
import dev.tapedeck.analyzer.text.SafeText;
import dev.tapedeck.format.BlindSpotEvent;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CallRef;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.FlowKey;
import dev.tapedeck.format.LibraryEvent;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEnds;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.UnknownEvent;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Events as aligned lines: seconds since the first one, direction, call or process, connection,
 * then what the event says.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class EventText {
  private final OwnerNames names = new OwnerNames();
  private final int shownBytes;
  private long firstNanos = Long.MIN_VALUE;

  /** Shows of captured content at most {@code shownBytes} bytes an event. */
  EventText(int shownBytes) {
    this.shownBytes = shownBytes;
  }

  /** Returns the event's line, without line end. */
  String line(CaptureEvent event) {
    EventStamp stamp = event.stamp();
    if (firstNanos == Long.MIN_VALUE) {
      firstNanos = stamp.exitNanos();
    }
    String seconds = Human.seconds(stamp.exitNanos() - firstNanos, 11);
    return (seconds + " " + describe(event)).stripTrailing();
  }

  private String describe(CaptureEvent event) {
    if (event instanceof StreamEvent stream) {
      return stream(stream);
    } else if (event instanceof SocketEvent socket) {
      return socket(socket);
    } else if (event instanceof TlsEvent tls) {
      return tls(tls);
    } else if (event instanceof ProcessEvent process) {
      return process(process);
    } else if (event instanceof LossEvent loss) {
      StreamOwner owner = loss.stream() == null ? null : loss.stream().owner();
      String arrow = loss.stream() == null ? "--" : arrow(loss.stream().direction());
      return prefix(arrow, "", owner)
          + "LOSS "
          + loss.cause().name().toLowerCase(Locale.ROOT)
          + " events="
          + known(loss.events())
          + " bytes="
          + known(loss.lostBytes())
          + (loss.level() < 0 ? "" : " level=" + loss.level());
    } else if (event instanceof LibraryEvent library) {
      return of(library, null)
          + "LIBRARY "
          + library.family()
          + " "
          + library.version()
          + " symbols="
          + library.attachedSymbols()
          + " "
          + SafeText.escape(library.path());
    } else if (event instanceof BlindSpotEvent blind) {
      return of(blind, blind.connection())
          + "BLIND_SPOT "
          + blind.what().name().toLowerCase(Locale.ROOT)
          + (blind.detail() == 0 ? "" : " detail=" + blind.detail())
          + " out="
          + blind.egressBytes()
          + " in="
          + blind.ingressBytes();
    } else if (event instanceof ClockEvent clock) {
      return prefix("--", "", null) + "CLOCK " + Human.dateAndClock(clock.realNanos());
    } else if (event instanceof UnknownEvent unknown) {
      return of(unknown, null) + "UNKNOWN kind=" + unknown.kind();
    }
    throw new IllegalStateException("event=" + event.getClass());
  }

  private String stream(StreamEvent event) {
    String arrow = arrow(event.stream().direction());
    StreamOwner owner = event.stream().owner();
    if (event instanceof StreamEvent.Data data) {
      return prefix(arrow, call(data.call()), owner)
          + place(data.position(), data.originalLength())
          + " DATA "
          + name(data.call())
          + (data.capturedLength() < data.originalLength() ? " cap=" + data.capturedLength() : "")
          + content(data.payload());
    } else if (event instanceof StreamEvent.Transfer transfer) {
      return prefix(arrow, call(transfer.call()), owner)
          + place(transfer.position(), transfer.lengthBytes())
          + " TRANSFER "
          + name(transfer.call());
    } else if (event instanceof StreamEvent.CipherRecord cipher) {
      return prefix(arrow, "", owner)
          + place(cipher.position(), cipher.lengthBytes())
          + " CIPHER_RECORD";
    }
    throw new IllegalStateException("event=" + event.getClass());
  }

  private String socket(SocketEvent event) {
    String prefix = of(event, event.connection());
    if (event instanceof SocketEvent.Connect connect) {
      return prefix + "CONNECT " + flow(connect.flow(), "->") + fd(connect.descriptor().fd());
    } else if (event instanceof SocketEvent.Accept accept) {
      return prefix + "ACCEPT " + flow(accept.flow(), "<-") + fd(accept.descriptor().fd());
    } else if (event instanceof SocketEvent.Existing existing) {
      return prefix + "EXISTING " + flow(existing.flow(), "--") + fd(existing.descriptor().fd());
    } else if (event instanceof SocketEvent.Dup dup) {
      return prefix + "DUP" + fd(dup.descriptor().fd());
    } else if (event instanceof SocketEvent.Close close) {
      return prefix + "CLOSE" + fd(close.descriptor().fd()) + ends(close.end());
    }
    throw new IllegalStateException("event=" + event.getClass());
  }

  private String tls(TlsEvent event) {
    String prefix = of(event, event.session());
    if (event instanceof TlsEvent.New) {
      return prefix + "TLS_NEW";
    } else if (event instanceof TlsEvent.Handshake handshake) {
      return prefix
          + "TLS_HANDSHAKE "
          + SafeText.escape(
              String.join(
                  " ",
                  handshake.version(),
                  "sni=" + handshake.serverName(),
                  "alpn=" + handshake.alpn(),
                  handshake.cipher()));
    } else if (event instanceof TlsEvent.Clear) {
      return prefix + "TLS_CLEAR";
    } else if (event instanceof TlsEvent.Shutdown) {
      return prefix + "TLS_SHUTDOWN";
    } else if (event instanceof TlsEvent.Free free) {
      return prefix + "TLS_FREE" + ends(free.end());
    } else if (event instanceof TlsEvent.Binding binding) {
      return prefix
          + "TLS_BINDING "
          + binding.evidence().name().toLowerCase(Locale.ROOT)
          + fd(binding.descriptor().fd())
          + (binding.connection() == null ? "" : " " + names.name(binding.connection()));
    }
    throw new IllegalStateException("event=" + event.getClass());
  }

  private String process(ProcessEvent event) {
    String prefix = of(event, null);
    if (event instanceof ProcessEvent.Exec exec) {
      return prefix
          + (exec.existing() ? "RUNNING " : "EXEC ")
          + SafeText.escape(exec.program().comm() + " " + exec.program().exe());
    } else if (event instanceof ProcessEvent.Fork fork) {
      return prefix + "FORK child=" + fork.child().pid();
    } else if (event instanceof ProcessEvent.Exit exit) {
      return prefix + "EXIT code=" + exit.exitCode();
    }
    throw new IllegalStateException("event=" + event.getClass());
  }

  private String of(CaptureEvent event, @Nullable StreamOwner owner) {
    return prefix("--", "p" + event.stamp().process().pid(), owner);
  }

  private String prefix(String arrow, String subject, @Nullable StreamOwner owner) {
    String name = owner == null ? "" : names.name(owner);
    return arrow
        + " "
        + DisplayWidth.padRight(subject, 8)
        + " "
        + DisplayWidth.padRight(name, 5)
        + " ";
  }

  private String content(@Nullable Bytes payload) {
    if (shownBytes == 0 || payload == null) {
      return "";
    }
    String more = payload.length() > shownBytes ? "..." : "";
    return " \"" + TerminalText.cEscapes(payload, shownBytes) + "\"" + more;
  }

  private static String place(long position, long lengthBytes) {
    return "pos="
        + DisplayWidth.padRight(Long.toString(position), 8)
        + " len="
        + DisplayWidth.padRight(Long.toString(lengthBytes), 6);
  }

  private static String arrow(Direction direction) {
    return direction == Direction.EGRESS ? ">>" : "<<";
  }

  private static String call(CallRef call) {
    return "0x"
        + Long.toHexString(call.id())
        + (call.partIndex() == 0 ? "" : "/" + call.partIndex());
  }

  private static String name(CallRef call) {
    return call.kind().name().toLowerCase(Locale.ROOT);
  }

  private static String flow(FlowKey flow, String arrow) {
    return SafeText.escape(flow.local() + " " + arrow + " " + flow.remote());
  }

  private static String fd(int fd) {
    return fd < 0 ? "" : " fd=" + fd;
  }

  private static String ends(StreamEnds ends) {
    return " out="
        + known(ends.egressPosition())
        + " in="
        + known(ends.ingressPosition())
        + (ends.egressLostBytes() + ends.ingressLostBytes() == 0
            ? ""
            : " lost=" + ends.egressLostBytes() + "+" + ends.ingressLostBytes())
        + (ends.egressSkippedBytes() <= 0 && ends.ingressSkippedBytes() <= 0
            ? ""
            : " skipped=" + ends.egressSkippedBytes() + "+" + ends.ingressSkippedBytes());
  }

  private static String known(long value) {
    return value < 0 ? "?" : Long.toString(value);
  }
}
