// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.LibraryEvent;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TimeRange;
import dev.tapedeck.format.TlsEvent;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Decides which events a filtered capture keeps: the bytes that were asked for, and whatever tells
 * about their connections, at any time.
 *
 * <p><b>Limits:</b> memory grows with connections, not with events.
 */
final class FilterPlan implements Predicate<CaptureEvent> {
  private final TimeWindow window;
  private final boolean allConnections;
  private final Set<StreamOwner> owners = new HashSet<>();
  private final Set<ConnectionId> sockets = new HashSet<>();
  private final Set<DescriptorRef> descriptors = new HashSet<>();
  private final Set<ProcessKey> processes = new HashSet<>();

  /**
   * Makes a plan that keeps nothing yet but clocks, libraries and losses.
   *
   * @param window when kept bytes moved
   * @param allConnections whether what happened in the window is kept whatever it concerns
   */
  FilterPlan(TimeWindow window, boolean allConnections) {
    this.window = window;
    this.allConnections = allConnections;
  }

  /** Returns the monotonic times outside which no data event is kept. */
  TimeRange payloadRange() {
    return window.monotonic();
  }

  /** Keeps what moved on these streams in the window. */
  void keepStreams(StreamOwner owner) {
    owners.add(owner);
    if (owner instanceof ConnectionId socket) {
      sockets.add(socket);
    }
  }

  /** Keeps a socket's life. */
  void keepSocket(ConnectionId socket) {
    sockets.add(socket);
  }

  /** Keeps all that says which sockets were behind a descriptor. */
  void keepDescriptor(DescriptorRef descriptor) {
    descriptors.add(descriptor);
  }

  /** Keeps what ran in a process. */
  void keepProcess(ProcessKey process) {
    processes.add(process);
  }

  @Override
  public boolean test(CaptureEvent event) {
    return tellsOfKept(event) || (allConnections && window.contains(event.stamp()));
  }

  private boolean tellsOfKept(CaptureEvent event) {
    if (event instanceof StreamEvent stream) {
      return isKeptStream(stream) && window.contains(event.stamp());
    } else if (event instanceof SocketEvent socket) {
      return sockets.contains(socket.connection()) || descriptors.contains(descriptorOf(socket));
    } else if (event instanceof TlsEvent tls) {
      return owners.contains(tls.session());
    } else if (event instanceof ProcessEvent process) {
      return processes.contains(process.stamp().process())
          || (process instanceof ProcessEvent.Fork fork && processes.contains(fork.child()));
    } else if (event instanceof LossEvent loss) {
      return loss.stream() != null
          ? owners.contains(loss.stream().owner())
          : loss.cause() == LossEvent.Cause.DAMAGED_INPUT || window.contains(loss.stamp());
    } else if (event instanceof ClockEvent || event instanceof LibraryEvent) {
      return true;
    }
    return processes.contains(event.stamp().process()) && window.contains(event.stamp());
  }

  /** Of a TLS session's socket the ciphertext records are kept, which link them. */
  private boolean isKeptStream(StreamEvent event) {
    StreamOwner owner = event.stream().owner();
    return owners.contains(owner)
        || (event instanceof StreamEvent.CipherRecord
            && owner instanceof ConnectionId socket
            && sockets.contains(socket));
  }

  private static DescriptorRef descriptorOf(SocketEvent event) {
    if (event instanceof SocketEvent.Connect connect) {
      return connect.descriptor();
    } else if (event instanceof SocketEvent.Accept accept) {
      return accept.descriptor();
    } else if (event instanceof SocketEvent.Existing existing) {
      return existing.descriptor();
    } else if (event instanceof SocketEvent.Dup dup) {
      return dup.descriptor();
    }
    return ((SocketEvent.Close) event).descriptor();
  }
}
