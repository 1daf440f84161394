// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.target;

import dev.tapedeck.replayer.capture.RecordedCapture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks a target's address up, past the guard. */
public final class TargetResolver {
  private final TargetGuard guard;
  private final List<String> allowed;

  /**
   * Creates a resolver.
   *
   * @param captures whose recorded servers are refused
   * @param allowed hosts, or hosts with ports, that are sent to all the same
   * @throws IOException when the system does not say which host this is
   */
  public TargetResolver(List<RecordedCapture> captures, List<String> allowed) throws IOException {
    this.guard = new TargetGuard(captures, LocalHost.current());
    this.allowed = List.copyOf(allowed);
  }

  /**
   * Returns the target's address.
   *
   * @throws RefusedTargetException when it must not be sent to
   * @throws UnknownHostException when there is no such host
   */
  public InetAddress resolve(Target target) throws IOException {
    refuse(target, guard.refusal(target, List.of()));
    List<InetAddress> addresses = List.of(InetAddress.getAllByName(target.host()));
    refuse(target, guard.refusal(target, addresses));
    return addresses.get(0);
  }

  private void refuse(Target target, @Nullable String refusal) throws RefusedTargetException {
    if (refusal != null && !isAllowed(target)) {
      throw new RefusedTargetException(refusal);
    }
  }

  private boolean isAllowed(Target target) {
    for (String name : allowed) {
      String plain =
          name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
      if (target.host().equalsIgnoreCase(plain) || target.authority().equalsIgnoreCase(name)) {
        return true;
      }
    }
    return false;
  }
}
