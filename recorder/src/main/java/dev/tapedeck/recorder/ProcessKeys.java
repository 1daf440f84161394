// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.ProcessKey;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives the same object for the same process, because every event names one.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class ProcessKeys {
  /** Processes whose end was not seen must not pile up. */
  private static final int MAX_KEPT = 65_536;

  private static final int RECENT = 64;

  private final long hostId;
  private final Map<Integer, ProcessKey> byPid = new HashMap<>();
  private final @Nullable ProcessKey[] recent = new ProcessKey[RECENT];

  ProcessKeys(long hostId) {
    this.hostId = hostId;
  }

  long hostId() {
    return hostId;
  }

  ProcessKey of(int pid, long startNanos) {
    int slot = pid & (RECENT - 1);
    ProcessKey last = recent[slot];
    if (last != null && last.pid() == pid && last.startNanos() == startNanos) {
      return last;
    }
    ProcessKey known = byPid.get(pid);
    if (known != null && known.startNanos() == startNanos) {
      recent[slot] = known;
      return known;
    }
    if (byPid.size() >= MAX_KEPT) {
      byPid.clear();
    }
    ProcessKey key = new ProcessKey(hostId, pid, startNanos);
    byPid.put(pid, key);
    recent[slot] = key;
    return key;
  }

  /** Returns how many processes are remembered. */
  int size() {
    return byPid.size();
  }

  void forget(ProcessKey key) {
    byPid.remove(key.pid(), key);
    recent[key.pid() & (RECENT - 1)] = null;
  }
}
