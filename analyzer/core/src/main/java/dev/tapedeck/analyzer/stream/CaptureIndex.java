// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.format.ClockMap;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.StreamOwner;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the first reading of a capture gives: its channels in the order of their numbers, and its
 * hosts' clocks.
 *
 * <p><b>Threads:</b> read-only.
 */
public final class CaptureIndex {
  private final List<Channel> channels;
  private final Map<StreamOwner, Channel> byOwner;
  private final Map<Long, ClockMap> clocks;
  private final ClockMap noClock = new ClockMap();
  private final long lostEvents;
  private final List<Damage> damages;

  CaptureIndex(
      List<Channel> channels,
      Map<StreamOwner, Channel> byOwner,
      Map<Long, ClockMap> clocks,
      long lostEvents,
      List<Damage> damages) {
    this.channels = List.copyOf(channels);
    this.byOwner = byOwner;
    this.clocks = Map.copyOf(clocks);
    this.lostEvents = lostEvents;
    this.damages = List.copyOf(damages);
  }

  /** Returns all channels, ascending by number, which begins at 1. */
  public List<Channel> channels() {
    return channels;
  }

  /**
   * Returns the channel of a stream's owner; null when the first reading knew of no bytes of it.
   */
  public @Nullable Channel channel(StreamOwner owner) {
    return byOwner.get(owner);
  }

  /** Returns the clock of a host; an empty one when the capture has no reading of it. */
  public ClockMap clock(long hostId) {
    return clocks.getOrDefault(hostId, noClock);
  }

  /** Returns the clock of the host that a channel's times come from. */
  public ClockMap clock(Channel channel) {
    return clock(channel.process.hostId());
  }

  /** Returns how many events the capture says were lost, where it says a number. */
  public long lostEvents() {
    return lostEvents;
  }

  /**
   * Returns whether this reading met the same damage.
   *
   * @param number how many it met before
   */
  public boolean isForeseen(Damage damage, int number) {
    return number < damages.size() && damages.get(number).equals(damage);
  }
}
