// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TlsSessionId;
import java.util.HashMap;
import java.util.Map;

/**
 * Short names for connections ({@code c7}) and TLS sessions ({@code t3}), numbered from 1 in the
 * order in which a capture names them.
 *
 * <p><b>Limits:</b> grows with the number of different owners, some 150 bytes each.
 */
final class OwnerNames {
  private final Map<StreamOwner, String> names = new HashMap<>();
  private int connections;
  private int tlsSessions;

  String name(StreamOwner owner) {
    String known = names.get(owner);
    if (known != null) {
      return known;
    }
    String name;
    if (owner instanceof ConnectionId) {
      name = "c" + ++connections;
    } else if (owner instanceof TlsSessionId) {
      name = "t" + ++tlsSessions;
    } else {
      throw new IllegalStateException("owner=" + owner.getClass());
    }
    names.put(owner, name);
    return name;
  }
}
