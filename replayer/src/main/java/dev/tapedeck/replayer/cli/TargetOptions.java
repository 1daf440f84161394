// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.replayer.capture.RecordedCapture;
import dev.tapedeck.replayer.target.Target;
import dev.tapedeck.replayer.target.TargetGuard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where requests are sent, and where never. */
final class TargetOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec mixee = CommandSpec.create();

  @Option(
      names = "--target",
      paramLabel = "URL",
      required = true,
      description = "http://HOST[:PORT] or https://HOST[:PORT].")
  private String url = "";

  @Option(
      names = "--allow-target",
      paramLabel = "HOST",
      description = "Send to this host although the capture names it as a recorded server.")
  private List<String> allowed = List.of();

  Target target() {
    try {
      return Target.parse(url);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(mixee.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Returns the target's address.
   *
   * @throws CommandFailure when it is not found, or must not be sent to
   */
  InetAddress check(Target target, List<RecordedCapture> captures) throws IOException {
    TargetGuard guard = new TargetGuard(captures, LocalHosts.current());
    refuse(target, guard.refusal(target, List.of()));
    List<InetAddress> addresses;
    try {
      addresses = List.of(InetAddress.getAllByName(target.host()));
    } catch (UnknownHostException e) {
      throw new CommandFailure(
          ExitCode.IO, "target " + target + ": no such host; check the name", e);
    }
    refuse(target, guard.refusal(target, addresses));
    return addresses.get(0);
  }

  private void refuse(Target target, @Nullable String refusal) throws CommandFailure {
    if (refusal != null && !isAllowed(target)) {
      throw new CommandFailure(
          ExitCode.GUARD,
          refusal + "; to send there all the same, add --allow-target " + target.host());
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
