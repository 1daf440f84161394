// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.ProcessKey;
import java.util.HashMap;
import java.util.Map;

/**
 * Gives the same object for the same process, because every event names one.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class ProcessKeys {
  /** Processes whose end was not seen must not pile up. */
  private static final int MAX_KEPT = 65_536;

  private final long hostId;
  private final Map<Integer, ProcessKey> byPid = new HashMap<>();
  private ProcessKey latest;

  ProcessKeys(long hostId) {
    this.hostId = hostId;
    this.latest = new ProcessKey(hostId, 0, 0);
  }

  long hostId() {
    return hostId;
  }

  ProcessKey of(int pid, long startNanos) {
    ProcessKey last = latest;
    if (last.pid() == pid && last.startNanos() == startNanos) {
      return last;
    }
    ProcessKey known = byPid.get(pid);
    if (known != null && known.startNanos() == startNanos) {
      latest = known;
      return known;
    }
    if (byPid.size() >= MAX_KEPT) {
      byPid.clear();
    }
    ProcessKey key = new ProcessKey(hostId, pid, startNanos);
    byPid.put(pid, key);
    latest = key;
    return key;
  }

  /** Returns how many processes are remembered. */
  int size() {
    return byPid.size();
  }

  void forget(ProcessKey key) {
    byPid.remove(key.pid(), key);
  }
}
