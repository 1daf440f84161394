// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.replayer.diff.ComparatorOptions;
import dev.tapedeck.replayer.engine.ErrorLimit;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.target.Target;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How requests are sent. */
final class SendOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec mixee = CommandSpec.create();

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description = "With --pace max: connections open at once; 64 by default.")
  private int concurrency = ReplayOptions.DEFAULT_CONCURRENCY;

  @Option(names = "--keep-host", description = "Send the Host field as it was recorded.")
  private boolean keepHost;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "PEM file with the certificate authorities, or the certificate, to trust.")
  private @Nullable Path authorities;

  @Option(
      names = "--client-cert",
      paramLabel = "FILE",
      description = "PEM file with the certificate chain to show to the target.")
  private @Nullable Path clientCertificate;

  @Option(
      names = "--client-key",
      paramLabel = "FILE",
      description = "PEM file with its key: PKCS #8, without password.")
  private @Nullable Path clientKey;

  @Option(
      names = "--server-name",
      paramLabel = "NAME",
      description = "Name to ask for in the TLS handshake; the target's host by default.")
  private @Nullable String serverName;

  @Option(names = "--insecure", description = "Accept any certificate of the target.")
  private boolean insecure;

  @Option(
      names = "--connect-timeout",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      defaultValue = "10s",
      description = "For connecting, and again for the TLS handshake; 10s by default.")
  private Duration connectTimeout = Duration.ofSeconds(10);

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      defaultValue = "30s",
      description = "Longest silence while an answer is awaited; 30s by default.")
  private Duration timeout = Duration.ofSeconds(30);

  @Option(
      names = "--max-errors",
      paramLabel = "N",
      converter = ErrorLimitConverter.class,
      description =
          "Send nothing more after N failures and unexpected 5xx answers, or with N%% when that share"
              + " of the last 1000 requests were such; N,N%% for both; 100 by default, 0 for no"
              + " limit.")
  private ErrorLimit maxErrors = ErrorLimit.DEFAULT;

  /** Returns what applies to requests to a target. */
  ReplayOptions options(Target goal, ComparatorOptions comparison) {
    return builder(goal, comparison).build();
  }

  /** Returns a builder of what applies to requests to a target. */
  ReplayOptions.Builder builder(Target goal, ComparatorOptions comparison) {
    if (concurrency < 1) {
      throw new ParameterException(mixee.commandLine(), "--concurrency must be at least 1");
    }
    if ((clientCertificate == null) != (clientKey == null)) {
      throw new ParameterException(
          mixee.commandLine(), "--client-cert and --client-key need each other");
    }
    return ReplayOptions.newBuilder(goal)
        .keepHost(keepHost)
        .insecure(insecure)
        .certificateAuthorities(authorities)
        .clientCertificate(clientCertificate, clientKey)
        .serverName(serverName)
        .concurrency(concurrency)
        .connectTimeout(connectTimeout)
        .answerTimeout(timeout)
        .maxErrors(maxErrors)
        .comparison(comparison);
  }

  ErrorLimit maxErrors() {
    return maxErrors;
  }

  boolean keepHost() {
    return keepHost;
  }
}
