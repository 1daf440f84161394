// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.replayer.capture.RecordedCapture;
import dev.tapedeck.replayer.target.RefusedTargetException;
import dev.tapedeck.replayer.target.Target;
import dev.tapedeck.replayer.target.TargetResolver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
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
    return target(url);
  }

  /** Returns the target that a URL names. */
  Target target(String other) {
    try {
      return Target.parse(other);
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
    try {
      return new TargetResolver(captures, allowed).resolve(target);
    } catch (RefusedTargetException e) {
      throw new CommandFailure(
          ExitCode.GUARD,
          e.getMessage() + "; to send there all the same, add --allow-target " + target.host(),
          e);
    } catch (UnknownHostException e) {
      throw new CommandFailure(
          ExitCode.IO, "target " + target + ": no such host; check the name", e);
    }
  }
}
