// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureSummary;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEnds;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.TlsSessionId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The streams of a capture, put together the simplest way: by position. */
public final class CapturedStreams {
  private final List<CaptureEvent> events = new ArrayList<>();
  private final Map<StreamId, List<StreamEvent.Data>> data = new LinkedHashMap<>();
  private final Map<StreamOwner, StreamEnds> ends = new HashMap<>();
  private final Map<Integer, String> comms = new HashMap<>();
  private CaptureSummary summary;

  private CapturedStreams(List<Path> captures) throws IOException {
    for (Path capture : captures) {
      try (CaptureReader reader = CaptureReader.open(capture, ReaderOptions.defaults())) {
        reader.read(Projection.ALL, this::add);
        summary = reader.summary();
      }
    }
  }

  /** Reads a capture. */
  public static CapturedStreams read(Path capture) throws IOException {
    return new CapturedStreams(List.of(capture));
  }

  /** Reads captures one after the other as if they were one. */
  public static CapturedStreams read(List<Path> captures) throws IOException {
    return new CapturedStreams(captures);
  }

  private void add(CaptureEvent event) {
    events.add(event);
    if (event instanceof StreamEvent.Data part) {
      data.computeIfAbsent(part.stream(), id -> new ArrayList<>()).add(part);
    } else if (event instanceof SocketEvent.Close close) {
      ends.put(close.connection(), close.end());
    } else if (event instanceof TlsEvent.Free free) {
      ends.put(free.session(), free.end());
    } else if (event instanceof ProcessEvent.Exec exec) {
      comms.put(exec.stamp().process().pid(), exec.program().comm());
    } else if (event instanceof ProcessEvent.Fork fork) {
      // A child that was gone before it could be looked at is its parent's program all the same.
      String comm = comms.get(fork.stamp().process().pid());
      if (comm != null) {
        comms.put(fork.child().pid(), comm);
      }
    }
  }

  /** Returns all events in file order. */
  public List<CaptureEvent> events() {
    return events;
  }

  /** Returns the summary of the last capture. */
  public CaptureSummary summary() {
    return summary;
  }

  /** Returns the loss events. */
  public List<LossEvent> losses() {
    return events.stream().filter(LossEvent.class::isInstance).map(LossEvent.class::cast).toList();
  }

  /** Returns the streams with bytes of processes with a command name. */
  public List<StreamId> streams(String comm, Direction direction, boolean tls) {
    List<StreamId> found = new ArrayList<>();
    data.forEach(
        (id, parts) -> {
          String owner = comms.get(parts.get(0).stamp().process().pid());
          if (id.direction() == direction
              && id.owner() instanceof TlsSessionId == tls
              && comm.equals(owner)) {
            found.add(id);
          }
        });
    return found;
  }

  /** Returns who has an end in the capture, be it without any event of data. */
  Set<StreamOwner> ended() {
    return Set.copyOf(ends.keySet());
  }

  /** Returns where the streams of an owner ended; null when the capture does not say. */
  public StreamEnds end(StreamOwner owner) {
    return ends.get(owner);
  }

  /** Returns the parts of a stream by position, which must not overlap. */
  public List<StreamEvent.Data> parts(StreamId id) {
    List<StreamEvent.Data> parts = new ArrayList<>(data.getOrDefault(id, List.of()));
    parts.sort(Comparator.comparingLong(StreamEvent.Data::position));
    long position = 0;
    for (StreamEvent.Data part : parts) {
      assertThat(part.position()).as("overlap in " + id).isGreaterThanOrEqualTo(position);
      position = part.position() + part.originalLength();
    }
    return parts;
  }

  /** Returns the bytes of a stream without gaps. */
  public byte[] bytes(StreamId id) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (StreamEvent.Data part : parts(id)) {
      assertThat(part.position()).as("gap in " + id).isEqualTo(bytes.size());
      bytes.writeBytes(part.payload().toArray());
    }
    return bytes.toByteArray();
  }

  /** Returns the bytes that the capture holds of a stream. */
  public long capturedBytes(StreamId id) {
    return parts(id).stream().mapToLong(StreamEvent.Data::capturedLength).sum();
  }

  /** Returns the processes that had streams. */
  public Set<Integer> pids() {
    Set<Integer> pids = new HashSet<>();
    data.values().forEach(parts -> pids.add(parts.get(0).stamp().process().pid()));
    return pids;
  }
}
