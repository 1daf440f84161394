// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.BlindSpotEvent;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.recorder.ControlLayout.BlindCount;
import dev.tapedeck.recorder.ControlLayout.BlindKey;
import dev.tapedeck.recorder.ControlLayout.SocketState;
import dev.tapedeck.recorder.bpf.BpfException;
import dev.tapedeck.recorder.bpf.BpfMap;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns the kernel side's counts of traffic that is not seen into into events, one for each socket
 * and kind that grew.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class BlindSpots {
  private final KernelSide kernel;
  private final long hostId;
  private final Map<Place, Counted> told = new HashMap<>();
  private final Map<BlindSpotEvent.What, RecorderStats.BlindSpot> totals =
      new EnumMap<>(BlindSpotEvent.What.class);
  private long sequence;

  BlindSpots(KernelSide kernel, long hostId) {
    this.kernel = kernel;
    this.hostId = hostId;
  }

  private record Place(long socket, int pid, int what, int detail) {}

  private record Counted(long reports, long egressBytes, long ingressBytes) {
    static final Counted NONE = new Counted(0, 0, 0);
  }

  /**
   * Returns what was added since the last call, and forgets what had nothing added.
   *
   * @throws BpfException when the map cannot be read
   */
  List<BlindSpotEvent> take(long nowNanos) throws BpfException {
    List<BlindSpotEvent> events = new ArrayList<>();
    BpfMap map = kernel.map("blind_spots");
    for (ByteBuffer key : map.keys()) {
      Optional<ByteBuffer> value = map.get(key);
      Place place = place(key);
      Counted before = told.getOrDefault(place, Counted.NONE);
      Counted now = value.map(BlindSpots::counted).orElse(before);
      if (value.isPresent() && !now.equals(before)) {
        told.put(place, now);
        events.add(event(place, value.get(), before, now, nowNanos));
      } else {
        map.remove(key);
        told.remove(place);
      }
    }
    return events;
  }

  /**
   * Returns an event for each open socket that carries TLS of a process without a known library.
   *
   * @throws BpfException when the maps cannot be read
   */
  List<BlindSpotEvent> open(long nowNanos) throws BpfException {
    List<BlindSpotEvent> events = new ArrayList<>();
    BpfMap sockets = kernel.map("sockets");
    BpfMap processes = kernel.map("tls_processes");
    for (ByteBuffer key : sockets.keys()) {
      ByteBuffer state = sockets.get(key).orElse(null);
      if (state != null
          && state.get(SocketState.PROTOCOL) == SocketState.PROTOCOL_TLS
          && state.get(SocketState.BOUND) == 0
          && state.get(SocketState.CLOSED) == 0
          && processes
              .get(processes.newKey().putInt(0, state.getInt(SocketState.TGID)))
              .isEmpty()) {
        events.add(
            count(
                new BlindSpotEvent(
                    stamp(
                        state.getInt(SocketState.TGID),
                        state.getLong(SocketState.PROCESS_START_NS),
                        nowNanos),
                    BlindSpotEvent.What.UNHOOKED_TLS,
                    connection(
                        state.getLong(SocketState.SOCKET), state.getInt(SocketState.GENERATION)),
                    0,
                    state.getLong(SocketState.EGRESS),
                    state.getLong(SocketState.INGRESS))));
      }
    }
    return events;
  }

  /** Returns the sums of all that was told. */
  Map<BlindSpotEvent.What, RecorderStats.BlindSpot> totals() {
    return Map.copyOf(totals);
  }

  private static Place place(ByteBuffer key) {
    return new Place(
        key.getLong(BlindKey.SOCKET),
        key.getInt(BlindKey.TGID),
        Short.toUnsignedInt(key.getShort(BlindKey.WHAT)),
        Short.toUnsignedInt(key.getShort(BlindKey.DETAIL)));
  }

  private static Counted counted(ByteBuffer value) {
    return new Counted(
        Integer.toUnsignedLong(value.getInt(BlindCount.REPORTS)),
        value.getLong(BlindCount.EGRESS),
        value.getLong(BlindCount.INGRESS));
  }

  private BlindSpotEvent event(
      Place place, ByteBuffer value, Counted before, Counted now, long nowNanos) {
    return count(
        new BlindSpotEvent(
            stamp(place.pid(), value.getLong(BlindCount.PROCESS_START_NS), nowNanos),
            what(place.what()),
            connection(place.socket(), value.getInt(BlindCount.GENERATION)),
            place.detail(),
            Math.max(0, now.egressBytes() - before.egressBytes()),
            Math.max(0, now.ingressBytes() - before.ingressBytes())));
  }

  private BlindSpotEvent count(BlindSpotEvent event) {
    totals.merge(
        event.what(),
        new RecorderStats.BlindSpot(1, event.egressBytes(), event.ingressBytes()),
        RecorderStats.BlindSpot::plus);
    return event;
  }

  private static BlindSpotEvent.What what(int number) {
    return switch (number) {
      case BlindKey.WHAT_KTLS -> BlindSpotEvent.What.KTLS;
      case BlindKey.WHAT_IO_URING -> BlindSpotEvent.What.IO_URING;
      case BlindKey.WHAT_UNHOOKED_TLS -> BlindSpotEvent.What.UNHOOKED_TLS;
      case BlindKey.WHAT_UDP_443 -> BlindSpotEvent.What.UDP_443;
      default -> BlindSpotEvent.What.UNKNOWN;
    };
  }

  private @Nullable ConnectionId connection(long socket, int generation) {
    return generation == 0
        ? null
        : new ConnectionId(hostId, socket, Integer.toUnsignedLong(generation));
  }

  private EventStamp stamp(int pid, long startNanos, long nowNanos) {
    return new EventStamp(
        new ProcessKey(hostId, Math.max(0, pid), startNanos),
        0,
        0,
        nowNanos,
        EventOrigin.userSpace(sequence++));
  }
}
